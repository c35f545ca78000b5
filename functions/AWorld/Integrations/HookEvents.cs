using System.Text.Json;
using System.Threading.RateLimiting;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>
/// Takes a vendor's own requests, which carry no token of ours: the source in the path leads to the workspace, and the
/// signature or the key shows who sent it. Whether a source exists cannot be told from the answer, nor from its time.
/// </summary>
sealed class HookEvents : IDisposable
{
    public const string Path = "/integrations/v1/hooks/";
    const int MostDepth = 32;

    /// <summary>What an unknown source's requests are held against.</summary>
    static readonly HookAuthentication NoAuthentication = new();

    readonly HookSources sources;
    readonly SendEvents send;
    readonly InboundEvents events;
    readonly WorkspaceClocks clocks;
    readonly InboundOptions options;
    readonly PartitionedRateLimiter<string> limits;

    public HookEvents(HookSources sources, SendEvents send, InboundEvents events, WorkspaceClocks clocks, IOptions<InboundOptions> options)
    {
        (this.sources, this.send, this.events, this.clocks, this.options) = (sources, send, events, clocks, options.Value);
        limits = PartitionedRateLimiter.Create<string, string>(sourceId => RateLimitPartition.GetTokenBucketLimiter(sourceId, _ => new()
        {
            TokensPerPeriod = this.options.HookPerSecond, TokenLimit = this.options.HookPerSecond * 2, ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));
    }

    sealed record Response(IReadOnlyList<SendEvents.EventResult> Items);

    sealed record DryRun(JsonElement? Body);

    /// <param name="Status">What would become of it now.</param>
    /// <param name="Reason">Why it would be rejected, or held.</param>
    sealed record Made(string? Id, string? Type, DateTimeOffset? Time, JsonElement? Data, InboundStatus Status, string? UserId, string? Reason, IReadOnlyList<FieldError>? Problems);

    sealed record DryResult(IReadOnlyList<Made> Events);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path + "{sourceId}", static (string sourceId, HttpContext http, HookEvents it, CancellationToken stop) => it.Take(http, sourceId, stop))
            .Operation("hooks/send").Public().Reads(typeof(JsonElement)).Produces<Response>();
        routes.MapPost("/dashboard/v1/inbound-sources/{sourceId}/dry-run", static (string sourceId, Body<DryRun> body, Caller caller, HookEvents it, CancellationToken stop) => it.Try(caller.Tenant, sourceId, body.Value, stop))
            .Operation("inboundSources/dryRun").Requires(Permission.ManageInbound).Produces<DryResult>();
    }

    async Task<IResult> Take(HttpContext http, string sourceId, CancellationToken stop)
    {
        if (Body.Encoded(http.Request) is { } encoded)
        {
            return new Problem(encoded);
        }
        if (await Body.ReadAll(http, options.HookKilobytes * 1024) is not { } body)
        {
            await Body.TooLarge(http);
            return new Problem(Error.TooLarge(options.HookKilobytes * 1024));
        }
        HookSource? source = null;
        if (HookSource.TenantOf(sourceId) is { } tenant)
        {
            source = (await sources.Find(tenant, sourceId, stop))?.Source;
        }
        else
        {
            await sources.FindNothing(stop);
        }
        var accepted = (source?.Draft.Authentication ?? NoAuthentication).Accepts(http.Request.Headers, body.Span, source is null ? sources.NoSecrets() : sources.Secrets(source), clocks.Real.GetUtcNow());
        if (source is null || source.Draft.Enabled == false || !accepted)
        {
            return new Problem(Error.InvalidCredentials("there is no such source, or the signature or key is not the source's"));
        }
        using var lease = limits.AttemptAcquire(sourceId);
        if (!lease.IsAcquired)
        {
            return new Problem(Error.RateLimited(TimeSpan.FromSeconds(1)));
        }
        var (workspace, by) = (HookSource.TenantOf(sourceId)!, new Sender("hook", sourceId));
        var read = Read(source.Draft, body);
        if (read.Error is { } wrong)
        {
            await events.NoteUnreadable(workspace, null, source.Draft.EventSource, wrong, by);
            return new Problem(wrong);
        }
        var taken = await send.TakeAll(workspace, read.Value, by, stop);
        // A vendor sends again what was not answered with success; what is wrong with an event is in the log, and comes no better.
        return taken.FirstOrDefault(static one => one.Status is null) is { Error: { } busy } ? new Problem(busy) : Answer.Ok(new Response([.. taken.Select(SendEvents.EventResult.Of)]));
    }

    static Result<ReadEvent[]> Read(HookDraft source, ReadOnlyMemory<byte> body)
    {
        try
        {
            var json = JsonElement.Parse(body.Span, new JsonDocumentOptions { MaxDepth = MostDepth });
            return Body.Unpaired(body.Span) is { } place ? Body.NotText(place) : source.Mapping!.Apply(source.EventSource!, json);
        }
        catch (JsonException bad)
        {
            return UnreadableJson.Of(bad, typeof(JsonElement));
        }
    }

    async Task<IResult> Try(Tenant tenant, string sourceId, DryRun request, CancellationToken stop)
    {
        if (await sources.Find(tenant, sourceId, stop) is not var (source, _))
        {
            return new Problem(Error.NotFound("inbound source", sourceId));
        }
        if (request.Body is not { } body)
        {
            return new Problem(Error.Invalid("body", "is required: what the vendor would send"));
        }
        var made = source.Draft.Mapping!.Apply(source.Draft.EventSource!, body);
        if (made.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var results = new List<Made>();
        foreach (var one in made.Value)
        {
            var sent = one.Event.Succeeded ? one.Event.Value : null;
            var foreseen = sent is null ? InboundResult.Rejected(one.Event.Error!) : await events.Foresee(tenant, sent, stop);
            results.Add(new(one.Id, sent?.Type, sent?.Time, sent?.Data, foreseen.Status, foreseen.UserId, foreseen.Error?.Message, foreseen.Error?.Details));
        }
        return Answer.Ok(new DryResult(results));
    }

    public void Dispose() => limits.Dispose();
}
