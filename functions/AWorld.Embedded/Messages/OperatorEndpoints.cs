using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>
/// What the command line asks of the platform that runs on its data folder, because that holds its messages in memory.
/// Whoever can read the folder's key may ask.
/// </summary>
sealed class OperatorEndpoints(Broker broker, MessageEntities entities, IKeyProtection protection, TimeProvider clock)
{
    public const string ResubmitPath = "/servicebus/$operator/resubmit";
    const string Scheme = "Operator ";
    const string Purpose = "operator";
    static readonly TimeSpan Validity = TimeSpan.FromMinutes(5);

    /// <param name="Receiver">The subscription; empty for a queue.</param>
    /// <param name="Number">Null: all dead letters there.</param>
    internal sealed record ResubmitRequest([property: Required] string? AccountId, [property: Required] string? WorkspaceId, [property: Required] string? Entity, string? Receiver, long? Number);

    internal sealed record Resubmitted(int Count);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(ResubmitPath, static (HttpContext http, OperatorEndpoints it, CancellationToken stop) => it.Resubmit(http, stop))
        .ExcludeFromDescription().Operation("operator/resubmitDeadLetters").Public();

    /// <summary>The header's value that lets an operator in, for some minutes.</summary>
    public static string Authorization(IKeyProtection protection, TimeProvider clock) =>
        Scheme + Convert.ToBase64String(protection.Protect(Purpose, Encoding.ASCII.GetBytes((clock.GetUtcNow() + Validity).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))));

    bool IsOperator(string? authorization)
    {
        var sealedTime = new byte[256];
        return authorization?.StartsWith(Scheme, StringComparison.Ordinal) == true && Convert.TryFromBase64String(authorization[Scheme.Length..], sealedTime, out var length)
            && protection.Unprotect(Purpose, sealedTime.AsSpan(0, length)) is { } until
            && long.Parse(Encoding.ASCII.GetString(until), CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeSeconds();
    }

    async Task<IResult> Resubmit(HttpContext http, CancellationToken stop)
    {
        if (!IsOperator(http.Request.Headers.Authorization))
        {
            return new Problem(Error.InvalidToken("this is for the operator of this machine"));
        }
        // Read only now: who may not ask learns nothing of what may be asked.
        var body = await Body<ResubmitRequest>.BindAsync(http);
        if (body.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var request = body.Value;
        var receiver = request.Receiver ?? "";
        if (!Ids.IsTenantId(request.AccountId!) || !Ids.IsTenantId(request.WorkspaceId!) || entities.Find(request.Entity!) is not { } entity || entity.Receivers.All(one => one.Name != receiver))
        {
            return new Problem(Error.NotFound("queue or subscription", request.Entity!));
        }
        var opened = await broker.Open(new(request.AccountId!, request.WorkspaceId!), entity, stop);
        return Answer.Ok(new Resubmitted(await opened.Resubmit(receiver, request.Number, stop)));
    }
}
