using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Rewards;

/// <summary>A transaction as the App asks for it: to the user themselves.</summary>
public sealed record OwnTransactionRequest(
    [property: Required, Id] string? VirtualCurrencyId,
    [property: Required] RedemptionMode? RedemptionMode,
    [property: Required] decimal? Amount,
    [property: Required, Id] string? DestinationUserId,
    JsonElement? AdditionalData = null,
    DateTimeOffset? ExpiresAt = null,
    [property: Id] string? VirtualTransactionGroupId = null);

public sealed record CreateOwnTransactionsRequest(
    [property: Required, MinLength(1), MaxLength(CreateTransactions.Most)] IReadOnlyList<OwnTransactionRequest>? Transactions);

/// <summary>A transaction as the Dashboard asks for it.</summary>
/// <param name="SourceUserId">Who pays; absent: the workspace itself.</param>
/// <param name="Amount">Negative without a source: taken from the destination.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransactionRequest(
    [property: Required, Id] string? VirtualCurrencyId,
    [property: Required] RedemptionMode? RedemptionMode,
    [property: Required] decimal? Amount,
    [property: Required, Id] string? DestinationUserId,
    [property: Id] string? SourceUserId = null,
    JsonElement? AdditionalData = null,
    DateTimeOffset? ExpiresAt = null,
    [property: Id] string? VirtualTransactionGroupId = null);

public sealed record CreateTransactionsRequest(
    [property: Required, MinLength(1), MaxLength(CreateTransactions.Most)] IReadOnlyList<TransactionRequest>? Transactions);

/// <summary>Makes 1 to 20 transactions, all or none of them.</summary>
sealed class CreateTransactions(Transfers transfers, TransactionView view, Snapshots snapshots, UserDirectory users, Ids ids, WorkspaceClocks clocks)
{
    public const int Most = 20;

    /// <summary>The other side of what the workspace itself gives or takes.</summary>
    const string SystemAccount = "workspace";

    /// <summary>Amounts are exact within this; beyond it a sum of them could not be.</summary>
    const decimal MostAmount = 1_000_000_000_000m;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/app/v1/virtual-transactions", (HttpContext http, Caller caller, Body<CreateOwnTransactionsRequest> body, CreateTransactions create) =>
                create.Own(http, caller, body.Value.Transactions!))
            .Operation("virtualTransactions/create").Requires(Permission.SpendOwnBalance).Produces<ShownTransactions>(201);
        routes.MapPost("/dashboard/v1/virtual-transactions", (HttpContext http, Caller caller, Body<CreateTransactionsRequest> body, CreateTransactions create) =>
                create.Make(http, caller, "dashboard/virtualTransactions/create", body.Value.Transactions!, InitiatorType.Admin))
            .Operation("virtualTransactions/create").Requires(Permission.PayUsers).Produces<ShownTransactions>(201);
    }

    async Task<IResult> Own(HttpContext http, Caller caller, IReadOnlyList<OwnTransactionRequest> asked)
    {
        // A machine that acts for nobody may name any user of its workspace; whoever acts for a user only that one
        if (asked.Any(one => caller.UserId is { } own ? one.DestinationUserId != own : !caller.IsMachine))
        {
            return new Problem(Error.Forbidden("destinationUserId must be the user of the token"));
        }
        if (asked.Index().FirstOrDefault(one => one.Item.Amount <= 0) is { Item: not null } wrong)
        {
            return new Problem(Error.Invalid($"transactions[{wrong.Index}].amount", "must be above 0"));
        }
        var snapshot = await snapshots.Get(caller.Tenant, http.RequestAborted);
        if (!caller.IsMachine && asked.FirstOrDefault(one => snapshot.Find<VirtualCurrency>(one.VirtualCurrencyId) is { UsersMayCredit: false }) is { } guarded)
        {
            return new Problem(Error.Forbidden($"users cannot credit themselves with '{guarded.VirtualCurrencyId}' (usersMayCredit); use a machine token"));
        }
        return await Make(http, caller, "app/virtualTransactions/create",
            [.. asked.Select(one => new TransactionRequest(one.VirtualCurrencyId, one.RedemptionMode, one.Amount, one.DestinationUserId, null, one.AdditionalData, one.ExpiresAt, one.VirtualTransactionGroupId))],
            InitiatorType.User);
    }

    async Task<IResult> Make(HttpContext http, Caller caller, string via, IReadOnlyList<TransactionRequest> asked, InitiatorType initiatorType)
    {
        var stop = http.RequestAborted;
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        if (Check(asked) is { Count: > 0 } problems)
        {
            return new Problem(Error.Invalid(problems));
        }
        var groupId = asked[0].VirtualTransactionGroupId ?? (key.Value is { } sent ? Ids.Derive(caller.Tenant.AccountId, caller.Tenant.WorkspaceId, sent.RecordId) : ids.New());
        var transfer = new Transfer(caller.Tenant, groupId, Hash(asked, initiatorType), new(caller.UserId, caller.ClientId, caller.PrincipalId, via),
            initiatorType, caller.UserId ?? caller.PrincipalId ?? caller.ClientId ?? "unknown", Legs(asked), clocks.Real.GetUtcNow());
        // What was made before is answered again, whatever has expired or gone since.
        if (!await transfers.IsKnown(transfer, stop) && (problems = [.. Expired(asked, clocks.Now(caller.Tenant)), .. await Missing(caller.Tenant, asked, stop)]).Count > 0)
        {
            return new Problem(Error.Invalid(problems));
        }
        var result = await transfers.Make(transfer, stop);
        if (result.Error is { } refused)
        {
            return new Problem(refused);
        }
        var shown = new List<ShownTransaction>();
        foreach (var (userId, entry, transaction) in result.Value.Made)
        {
            shown.Add(await view.Show(caller.Tenant, userId, entry, transaction, stop));
        }
        return Answer.Created(new ShownTransactions(shown)) with { Replayed = result.Value.Before };
    }

    static IEnumerable<FieldError> Expired(IReadOnlyList<TransactionRequest> asked, DateTimeOffset now) =>
        asked.Index().Where(one => one.Item.ExpiresAt <= now).Select(one => new FieldError($"transactions[{one.Index}].expiresAt", "must be in the future"));

    static List<FieldError> Check(IReadOnlyList<TransactionRequest> asked)
    {
        var problems = new Problems();
        foreach (var (index, one) in asked.Index())
        {
            var at = $"transactions[{index}]";
            problems
                .When(one.Amount == 0 || Math.Abs(one.Amount!.Value) > MostAmount, $"{at}.amount", $"must not be 0, nor beyond {MostAmount}")
                .When(one.Amount < 0 && one.SourceUserId is not null, $"{at}.amount", "must be above 0 when sourceUserId is given")
                .When(one.Amount < 0 && one.RedemptionMode == RedemptionMode.Manual, $"{at}.redemptionMode", "must be AUTO for a negative amount: nobody redeems a loss")
                .When(one.SourceUserId == one.DestinationUserId, $"{at}.sourceUserId", "must be another user than destinationUserId")
                .When(one.SourceUserId is not null && one.RedemptionMode == RedemptionMode.Manual, $"{at}.redemptionMode", "must be AUTO when sourceUserId is given: a transfer completes on both sides at once")
                .When(one.ExpiresAt is not null && one.RedemptionMode == RedemptionMode.Auto, $"{at}.expiresAt", "must be absent when redemptionMode is AUTO")
                .When(one.AdditionalData is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) }, $"{at}.additionalData", "must be an object")
                .When(one.VirtualTransactionGroupId != asked[0].VirtualTransactionGroupId, $"{at}.virtualTransactionGroupId", "must be the same for all transactions of a request");
        }
        return [.. problems.Found];
    }

    async ValueTask<List<FieldError>> Missing(Tenant tenant, IReadOnlyList<TransactionRequest> asked, CancellationToken stop)
    {
        var snapshot = await snapshots.Get(tenant, stop);
        var problems = new Problems();
        foreach (var (index, one) in asked.Index())
        {
            var at = $"transactions[{index}]";
            problems
                .When(snapshot.Find<VirtualCurrency>(one.VirtualCurrencyId) is null, $"{at}.virtualCurrencyId", $"'{one.VirtualCurrencyId}' is not a published currency of this workspace")
                .When(await users.Find(tenant, one.DestinationUserId!, stop) is null, $"{at}.destinationUserId", $"user '{one.DestinationUserId}' does not exist in this workspace")
                .When(one.SourceUserId is { } source && await users.Find(tenant, source, stop) is null, $"{at}.sourceUserId", $"user '{one.SourceUserId}' does not exist in this workspace");
        }
        return [.. problems.Found];
    }

    static List<Leg> Legs(IReadOnlyList<TransactionRequest> asked)
    {
        var legs = new List<Leg>();
        foreach (var one in asked)
        {
            var data = one.AdditionalData is { ValueKind: JsonValueKind.Object } given ? given : (JsonElement?)null;
            if (one.SourceUserId is { } source)
            {
                legs.Add(new(legs.Count, source, one.VirtualCurrencyId!, Direction.Debit, one.Amount!.Value, RedemptionMode.Auto, CounterpartType.User, one.DestinationUserId!, null, data));
            }
            var (type, counterpart) = one.SourceUserId is { } payer ? (CounterpartType.User, payer) : (CounterpartType.System, SystemAccount);
            legs.Add(new(legs.Count, one.DestinationUserId!, one.VirtualCurrencyId!, one.Amount > 0 ? Direction.Credit : Direction.Debit, Math.Abs(one.Amount!.Value),
                one.RedemptionMode!.Value, type, counterpart, one.ExpiresAt, data));
        }
        return legs;
    }

    static string Hash(IReadOnlyList<TransactionRequest> asked, InitiatorType initiatorType) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{initiatorType}\n{JsonSerializer.Serialize(asked, Json.Options)}")));
}
