using System.Globalization;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>A user's transactions: listed, shown, redeemed.</summary>
sealed class OwnTransactions(Players players, TransactionView view, TransferDocuments transfers, PageTokens tokens, WorkspaceClocks clocks)
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
            var entries = await players.Journal(caller.Tenant, caller.User, seq, descending, EntriesAtOnce, stop);
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
        if (await view.Find(caller.Tenant, caller.User, transactionId, stop) is not var (entry, transaction))
        {
            return new Problem(Error.NotFound("virtualTransaction", transactionId));
        }
        if (await IsHeld(caller, entry, transaction, stop))
        {
            return new Problem(Error.Conflict("its group of transactions is still being carried out; try again"));
        }
        var settled = await players.Settlement(caller.Tenant, caller.User, transactionId, stop);
        if (settled is null)
        {
            var actor = new Actor(caller.UserId, caller.ClientId, caller.PrincipalId, "virtualTransactions/redeem");
            var redeemed = await players.Change(caller.Tenant, caller.User,
                new(state => Decide(state, transaction, actor, clocks.Now(caller.Tenant))), stop);
            if (redeemed.Error is { } refused && await players.Settlement(caller.Tenant, caller.User, transactionId, stop) is not { State: TransactionState.Completed })
            {
                return new Problem(refused);
            }
        }
        else if (settled.State != TransactionState.Completed)
        {
            return new Problem(Closed(settled.State));
        }
        return Answer.Ok(new ShownTransactions([await view.Show(caller.Tenant, caller.User, entry, transaction, stop)]));
    }

    /// <summary>Redeeming what is complete changes nothing.</summary>
    internal static Result<Decision> Decide(PlayerState state, VirtualTransaction transaction, Actor by, DateTimeOffset now)
    {
        if (transaction.State != TransactionState.Pending)
        {
            return transaction.State == TransactionState.Completed ? new Decision(Answer.NoContent) : Closed(transaction.State);
        }
        if (transaction.ExpiresAt <= now)
        {
            return Error.InvalidOperation($"it expired at {Instants.Text(transaction.ExpiresAt.Value)}");
        }
        if (!state.Pending.Any(one => one.VirtualTransactionId == transaction.VirtualTransactionId))
        {
            return Error.InvalidOperation("it is no longer pending");
        }
        return new Decision(Answer.NoContent, new JournalEntry(state.Seq + 1, now, by)
        {
            Settled = [new(transaction.VirtualTransactionId, TransactionState.Completed, now, transaction.VirtualCurrencyId, transaction.Signed())],
        });
    }

    /// <summary>Whether it waits for the decision of a transfer, not for its user.</summary>
    async ValueTask<bool> IsHeld(Caller caller, JournalEntry entry, VirtualTransaction transaction, CancellationToken stop) =>
        transaction.State == TransactionState.Pending
        && await transfers.FindPart(caller.Tenant, caller.User, transaction.VirtualTransactionGroupId, stop) is { IsHeld: true } part && part.Seq == entry.Seq
        && await transfers.FindDone(caller.Tenant, caller.User, transaction.VirtualTransactionGroupId, stop) is null;

    static Error Closed(TransactionState state) => Error.InvalidOperation($"it is {state.ToString().ToUpperInvariant()}; only a pending transaction can be redeemed");

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
