using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>A user's part of a group was journaled.</summary>
/// <param name="IsHeld">It waits for the decision of a group of several users.</param>
sealed record TransferPart(long Seq, string RequestHash, bool IsHeld, DateTimeOffset At = default) : IStepMarker;

/// <summary>The group's decision was carried out for a user.</summary>
sealed record TransferDone(bool Committed, long Seq = 0, DateTimeOffset At = default) : IStepMarker;

/// <summary>Transfers under way are kept with the platform, so that a node finds what another left behind; their traces with their users.</summary>
sealed class TransferDocuments(IDocumentStore store, Players players)
{
    const string OpenPrefix = "open-transfer:";
    static readonly Partition Open = Partition.Platform(Partition.PlatformAccount);

    public static Write Part(string groupId, JournalEntry entry, string requestHash, bool isHeld) => Write.Create(PartId(groupId), Json.Bytes(new TransferPart(entry.Seq, requestHash, isHeld, entry.At)));
    public static Write Done(string groupId, TransferDone done) => Write.Create(DoneId(groupId), Json.Bytes(done));

    public ValueTask<TransferPart?> FindPart(Tenant tenant, string userId, string groupId, CancellationToken stop) => players.Journal.Taken<TransferPart>(tenant, userId, PartId(groupId), stop);

    public ValueTask<TransferDone?> FindDone(Tenant tenant, string userId, string groupId, CancellationToken stop) => players.Journal.Taken<TransferDone>(tenant, userId, DoneId(groupId), stop);

    /// <summary>The group's decision, as far as it was carried out for somebody.</summary>
    public async ValueTask<TransferDone?> FindDone(Transfer transfer, CancellationToken stop)
    {
        foreach (var userId in transfer.Users())
        {
            if (await FindDone(transfer.Tenant, userId, transfer.GroupId, stop) is { } done)
            {
                return done;
            }
        }
        return null;
    }

    /// <summary>For a user whose journal the decision does not change.</summary>
    public async ValueTask MarkDone(Tenant tenant, string userId, string groupId, bool committed, CancellationToken stop) =>
        await store.Commit(Partition.Player(tenant, userId), [Done(groupId, new(committed))], stop);

    /// <summary>The transfer as it is stored now, which is the given one unless the group was begun before.</summary>
    public async ValueTask<(Transfer Transfer, string ETag)> Begin(Transfer transfer, CancellationToken stop)
    {
        while (true)
        {
            var created = await store.Commit(Open, [Write.Create(OpenId(transfer), Json.Bytes(transfer))], stop);
            if (created.Committed)
            {
                return (transfer, created.ETags[0]);
            }
            if (await Find(transfer, stop) is { } begun)
            {
                return begun;
            }
        }
    }

    public async ValueTask<(Transfer Transfer, string ETag)?> Find(Transfer transfer, CancellationToken stop) =>
        await store.Read(Open, OpenId(transfer), stop) is { } document ? (Json.Read<Transfer>(document.Body), document.ETag) : null;

    /// <summary>The decision that holds: this one, or one that was taken first.</summary>
    public async ValueTask<bool> Decide(Transfer transfer, string etag, bool committed, CancellationToken stop)
    {
        var decided = await store.Commit(Open, [Write.Replace(OpenId(transfer), Json.Bytes(transfer with { Committed = committed }), etag)], stop);
        if (decided.Committed)
        {
            return committed;
        }
        if (await Find(transfer, stop) is { Transfer.Committed: { } before })
        {
            return before;
        }
        return await FindDone(transfer, stop) is { } done
            ? done.Committed
            : throw new InvalidOperationException($"transfer {transfer.GroupId} is gone without a trace");
    }

    public async ValueTask End(Transfer transfer, CancellationToken stop) => await store.Commit(Open, [Write.Delete(OpenId(transfer))], stop);

    public async ValueTask<IReadOnlyList<Transfer>> AllOpen(CancellationToken stop)
    {
        var page = await store.Query(Open, DocumentQuery.Prefix(OpenPrefix), stop);
        return [.. page.Items.Select(document => Json.Read<Transfer>(document.Body))];
    }

    static string OpenId(Transfer transfer) => $"{OpenPrefix}{transfer.Tenant.AccountId}:{transfer.Tenant.WorkspaceId}:{transfer.GroupId}";
    static string PartId(string groupId) => $"transfer:{groupId}";
    static string DoneId(string groupId) => $"transfer-done:{groupId}";
}
