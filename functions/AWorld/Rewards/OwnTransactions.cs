using System.Globalization;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>A user's transactions: listed, shown, redeemed.</summary>
sealed class OwnTransactions(Players players, TransactionView view, Redemptions redemptions, PageTokens tokens)
{
    const string Path = "/app/v1/virtual-transactions";

    /// <summary>Journal entries one page looks through; a journal without transactions gives short pages, not slow ones.</summary>
    const int MostEntries = 1000, EntriesAtOnce = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext http, Caller caller, OwnTransactions own) => own.List(http, caller))
            .Operation("virtualTransactions/list").Requires(Permission.ReadOwn).RequiresUser().TakesPage(sorted: true).Produces<Page<ShownTransaction>>();
        routes.MapGet($"{Path}/{{virtualTransactionId}}", (Caller caller, string virtualTransactionId, OwnTransactions own, CancellationToken stop) => own.Get(caller, virtualTransactionId, stop))
            .Operation("virtualTransactions/get").Requires(Permission.ReadOwn).RequiresUser().Produces<ShownTransaction>();
        routes.MapPost($"{Path}/{{virtualTransactionId}}/redeem", (HttpContext http, Caller caller, string virtualTransactionId, OwnTransactions own) => own.Redeem(http, caller, virtualTransactionId))
            .Operation("virtualTransactions/redeem").Requires(Permission.SpendOwnBalance).RequiresUser().Produces<ShownTransactions>();
    }

    /// <summary>Positions are "sequence:index" of the last transaction shown, or of an entry looked through.</summary>
    async Task<IResult> List(HttpContext http, Caller caller)
    {
        var stop = http.RequestAborted;
        var request = await tokens.Read(http, descending: true, sorts: ["updatedAt"]);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var (limit, descending, position) = request.Value;
        var (seq, index) = Parse(position, descending);
        var items = new List<ShownTransaction>();
        for (var looked = 0; looked < MostEntries; looked += EntriesAtOnce)
        {
            var entries = await players.Journal.Entries(caller.Tenant, caller.User, seq, descending, EntriesAtOnce, stop);
            foreach (var entry in entries)
            {
                var first = entry.Seq == seq ? index : 0;
                for (var i = first; i < entry.Transactions.Count; i++)
                {
                    if (items.Count == limit)
                    {
                        return Answer.Ok(await tokens.Page(http, items, Position(entry.Seq, i)));
                    }
                    items.Add(await view.Show(caller.Tenant, caller.User, entry, entry.Transactions[i], stop));
                }
            }
            if (entries.Count < EntriesAtOnce)
            {
                return Answer.Ok(await tokens.Page(http, items, null));
            }
            (seq, index) = (entries[^1].Seq + (descending ? -1 : 1), 0);
        }
        return Answer.Ok(await tokens.Page(http, items, Position(seq, 0)));
    }

    async Task<IResult> Get(Caller caller, string transactionId, CancellationToken stop) =>
        await view.Find(caller.Tenant, caller.User, transactionId, stop) is var (entry, transaction)
            ? Answer.Ok(await view.Show(caller.Tenant, caller.User, entry, transaction, stop))
            : new Problem(Error.NotFound("virtualTransaction", transactionId));

    async Task<IResult> Redeem(HttpContext http, Caller caller, string transactionId)
    {
        var stop = http.RequestAborted;
        var by = new Actor(caller.UserId, caller.ClientId, caller.PrincipalId, "virtualTransactions/redeem");
        var redeemed = await redemptions.Settle(caller.Tenant, caller.User, transactionId, TransactionState.Completed, by, null, stop);
        return redeemed.Error is { } refused ? new Problem(refused)
            : Answer.Ok(new ShownTransactions([await view.Show(caller.Tenant, caller.User, redeemed.Value.Entry, redeemed.Value.Transaction, stop)]));
    }

    static string Position(long seq, int index) => string.Create(CultureInfo.InvariantCulture, $"{seq}:{index}");

    static (long Seq, int Index) Parse(string? position, bool descending)
    {
        if (position is null)
        {
            return (descending ? long.MaxValue : 0, 0);
        }
        var at = position.IndexOf(':', StringComparison.Ordinal);
        return (long.Parse(position.AsSpan(0, at), CultureInfo.InvariantCulture), int.Parse(position.AsSpan(at + 1), CultureInfo.InvariantCulture));
    }
}
