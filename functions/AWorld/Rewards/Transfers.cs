using System.Collections.Concurrent;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>
/// Carries out groups of transactions. A group of one user is one journal entry. One of several is stored first, then
/// held for every user, then decided (by one write), then settled for every user: a process killed anywhere leaves
/// amounts held, never lost or made, and <see cref="Resume"/> or the same request again brings it to its end.
/// </summary>
sealed class Transfers(Players players, TransferDocuments documents, Snapshots snapshots, WorkspaceClocks clocks)
{
    readonly ConcurrentDictionary<(Tenant, string), byte> underWay = new();

    /// <summary>The group's transactions in the order they were asked for, and whether they had been made before.</summary>
    public async ValueTask<Result<(IReadOnlyList<(string UserId, JournalEntry Entry, VirtualTransaction Transaction)> Made, bool Before)>> Make(Transfer transfer, CancellationToken stop)
    {
        var users = transfer.Users();
        var before = await documents.FindPart(transfer.Tenant, users[0], transfer.GroupId, stop);
        if (before is not null && before.RequestHash != transfer.RequestHash)
        {
            return Reused();
        }
        var error = users.Count == 1 ? await MakeOne(transfer, users[0], stop) : await MakeMany(transfer, stop);
        if (error is not null)
        {
            return error;
        }
        var made = new List<(int Index, (string, JournalEntry, VirtualTransaction) Made)>();
        foreach (var userId in users)
        {
            if (await Held(transfer, userId, stop) is { } entry)
            {
                // They stand in their entry in the order of their legs.
                made.AddRange(transfer.Legs.Where(leg => leg.UserId == userId).Zip(entry.Transactions, (leg, transaction) => (leg.Index, (userId, entry, transaction))));
            }
        }
        return ([.. made.OrderBy(static one => one.Index).Select(static one => one.Made)], before is not null);
    }

    /// <summary>Brings a transfer to its end that a process left behind.</summary>
    public async ValueTask Resume(Transfer left, CancellationToken stop)
    {
        if (await documents.Find(left, stop) is var (transfer, etag))
        {
            await Run(transfer, etag, stop);
        }
    }

    /// <summary>Whether the group has been made, or begun.</summary>
    public async ValueTask<bool> IsKnown(Transfer transfer, CancellationToken stop) =>
        await documents.FindPart(transfer.Tenant, transfer.Users()[0], transfer.GroupId, stop) is not null || await documents.Find(transfer, stop) is not null;

    public bool IsUnderWay(Transfer transfer) => underWay.ContainsKey((transfer.Tenant, transfer.GroupId));

    async ValueTask<Error?> MakeOne(Transfer transfer, string userId, CancellationToken stop)
    {
        var snapshot = await snapshots.Get(transfer.Tenant, stop);
        return (await Hold(transfer, userId, snapshot, hold: false, stop)).Error;
    }

    async ValueTask<Error?> MakeMany(Transfer transfer, CancellationToken stop)
    {
        if (!underWay.TryAdd((transfer.Tenant, transfer.GroupId), 0))
        {
            return Error.Conflict("a request with this group id is being carried out; try again");
        }
        try
        {
            if (await documents.Find(transfer, stop) is null && await documents.FindDone(transfer, stop) is { } done)
            {
                return done.Committed ? await Mend(transfer, stop) : Refused();
            }
            var (stored, etag) = await documents.Begin(transfer, stop);
            return stored.RequestHash == transfer.RequestHash ? await Run(stored, etag, stop) : Reused();
        }
        finally
        {
            underWay.TryRemove((transfer.Tenant, transfer.GroupId), out _);
        }
    }

    /// <summary>Makes the parts again that the loss of a region took from a transfer that had happened; as a rule none.</summary>
    async ValueTask<Error?> Mend(Transfer transfer, CancellationToken stop)
    {
        foreach (var userId in transfer.Users())
        {
            // A settlement of what nothing holds any more has no effect.
            var missing = await documents.FindPart(transfer.Tenant, userId, transfer.GroupId, stop) is null;
            if ((missing ? (await Hold(transfer, userId, await snapshots.Get(transfer.Tenant, stop), hold: false, stop)).Error : await Settle(transfer, userId, committed: true, stop)) is { } error)
            {
                return error;
            }
        }
        return null;
    }

    /// <summary>From wherever it stands to its end.</summary>
    async ValueTask<Error?> Run(Transfer transfer, string etag, CancellationToken stop)
    {
        Error? refused = null;
        if (transfer.Committed is null)
        {
            var snapshot = await snapshots.Get(transfer.Tenant, stop);
            foreach (var userId in transfer.Users())
            {
                refused = (await Hold(transfer, userId, snapshot, hold: true, stop)).Error;
                if (refused is { Status: < 500 and not 409 })
                {
                    break;
                }
                if (refused is not null)
                {
                    return refused;
                }
            }
        }
        var committed = transfer.Committed ?? await documents.Decide(transfer, etag, refused is null, stop);
        foreach (var userId in transfer.Users())
        {
            if (await Settle(transfer, userId, committed, stop) is { } busy)
            {
                return busy;
            }
        }
        await documents.End(transfer, stop);
        return committed ? null : refused ?? Refused();
    }

    ValueTask<Result<Answer>> Hold(Transfer transfer, string userId, Snapshot snapshot, bool hold, CancellationToken stop) =>
        players.Change(transfer.Tenant, userId, new(state =>
        {
            var entry = transfer.Entry(state, userId, snapshot, hold, clocks.Now(transfer.Tenant));
            return entry.Map(made => new Decision(Answer.NoContent, made) { Marker = TransferDocuments.Part(transfer.GroupId, made, transfer.RequestHash, hold) });
        })
        {
            TakenBefore = async stop => await documents.FindPart(transfer.Tenant, userId, transfer.GroupId, stop) is { } part
                ? part.RequestHash == transfer.RequestHash ? Answer.NoContent : Reused()
                : (Result<Answer>?)null,
        }, stop);

    async ValueTask<Error?> Settle(Transfer transfer, string userId, bool committed, CancellationToken stop)
    {
        if (await documents.FindDone(transfer.Tenant, userId, transfer.GroupId, stop) is not null)
        {
            return null;
        }
        if (await Held(transfer, userId, stop) is { } held)
        {
            var settled = await players.Change(transfer.Tenant, userId, new(state =>
            {
                var entry = Transfer.Settle(state, held, committed, clocks.Now(transfer.Tenant));
                return new Decision(Answer.NoContent, entry) { Marker = TransferDocuments.Done(transfer.GroupId, new(committed, entry.Seq, entry.At)) };
            })
            {
                EvenIfClosed = true,
                TakenBefore = async stop => await documents.FindDone(transfer.Tenant, userId, transfer.GroupId, stop) is null ? (Result<Answer>?)null : Answer.NoContent,
            }, stop);
            if (settled.Error is { } busy)
            {
                return busy;
            }
        }
        // A part with nothing to settle writes no entry, and so no mark; otherwise this finds the mark there
        await documents.MarkDone(transfer.Tenant, userId, transfer.GroupId, committed, stop);
        return null;
    }

    async ValueTask<JournalEntry?> Held(Transfer transfer, string userId, CancellationToken stop) =>
        await documents.FindPart(transfer.Tenant, userId, transfer.GroupId, stop) is { } part ? await players.Journal.Entry(transfer.Tenant, userId, part.Seq, stop) : null;

    static Error Reused() => Error.Conflict("the group id or idempotency key was used for other transactions");
    static Error Refused() => Error.InvalidOperation("a balance would leave its currency's limits; none of the transactions was made");
}
