using AWorld.Learning;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>What users' steps left: the entries, and the markers that lead to them.</summary>
public sealed class PlayerJournal(IDocumentStore store, ILogger log)
{
    const string End = "journal;";

    public async ValueTask<JournalEntry?> Entry(Tenant tenant, string userId, long seq, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), PlayerDocuments.Journal(seq), stop) is { } document ? GameJson.Read<JournalEntry>(document.Body) : null;

    /// <summary>Entries from a sequence number on, onwards or back.</summary>
    public async ValueTask<IReadOnlyList<JournalEntry>> Entries(Tenant tenant, string userId, long from, bool descending, int limit, CancellationToken stop)
    {
        var (low, high) = descending
            ? (PlayerDocuments.JournalPrefix, from == long.MaxValue ? End : PlayerDocuments.Journal(from + 1))
            : (PlayerDocuments.Journal(from), End);
        var page = await store.Query(Partition.Player(tenant, userId), new(low, high, descending, limit), stop);
        return [.. page.Items.Select(document => GameJson.Read<JournalEntry>(document.Body))];
    }

    /// <summary>What became of a transaction that was born pending, if it was settled.</summary>
    public async ValueTask<Settlement?> Settlement(Tenant tenant, string userId, string virtualTransactionId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), PlayerDocuments.Settled(virtualTransactionId), stop) is { } document ? GameJson.Read<Settlement>(document.Body) : null;

    /// <summary>The entry of one of the user's actions by the id of its log, whoever chose it; null: they have no such log.</summary>
    public async ValueTask<JournalEntry?> ActionEntry(Tenant tenant, string userId, string logId, CancellationToken stop)
    {
        if (!Ids.IsClientId(logId))
        {
            return null;
        }
        var seq = await Marker(tenant, userId, PlayerDocuments.Action(logId), stop) is { } marker ? marker.Seq : JournalIds.TrySequence(logId, out var named) ? named : 0;
        return seq > 0 && await Entry(tenant, userId, seq, stop) is { } entry && entry.LogId == logId ? entry : null;
    }

    /// <summary>How the user last answered a quiz in a context; null: they have not.</summary>
    public async ValueTask<QuizLog?> LastQuiz(Tenant tenant, string userId, string quizId, string context, CancellationToken stop) =>
        await Marker(tenant, userId, PlayerDocuments.Quiz(quizId, context), stop) is { } marker ? (await Entry(tenant, userId, marker.Seq, stop))?.Quiz : null;

    internal async ValueTask<ActionMarker?> Marker(Tenant tenant, string userId, string markerId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), markerId, stop) is { } document ? GameJson.Read<ActionMarker>(document.Body) : null;

    /// <summary>
    /// The entry of an action by its marker; null: it has no effect. Where two regions gave a number to different
    /// entries one is gone, and its marker can be left (docs/failover.md): that one is removed, so that the action can
    /// be taken again.
    /// </summary>
    internal async ValueTask<(ActionMarker Marker, JournalEntry Entry)?> Taken(Tenant tenant, string userId, string markerId, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        if (await store.Read(partition, markerId, stop) is not { } document)
        {
            return null;
        }
        var marker = GameJson.Read<ActionMarker>(document.Body);
        var entry = await Entry(tenant, userId, marker.Seq, stop) ?? throw new InvalidOperationException($"entry {marker.Seq} of {userId} is marked but missing");
        if (PlayerDocuments.Marks(markerId, entry))
        {
            return (marker, entry);
        }
        await Unmark(tenant, userId, document, marker.Seq);
        return null;
    }

    /// <summary>The marker of a step that is taken once, likewise; null: the step has no effect.</summary>
    internal async ValueTask<T?> Taken<T>(Tenant tenant, string userId, string markerId, CancellationToken stop) where T : class, IStepMarker
    {
        if (await store.Read(Partition.Player(tenant, userId), markerId, stop) is not { } document)
        {
            return null;
        }
        var marker = GameJson.Read<T>(document.Body);
        if (marker.At == default || await Entry(tenant, userId, marker.Seq, stop) is not { } entry || entry.At == marker.At)
        {
            return marker;
        }
        await Unmark(tenant, userId, document, marker.Seq);
        return null;
    }

    async ValueTask Unmark(Tenant tenant, string userId, Document marker, long seq)
    {
        var removed = await store.Commit(Partition.Player(tenant, userId), [Write.Delete(marker.Id, marker.ETag)], CancellationToken.None);
        log.LogWarning("{Marker} of {Tenant} {UserId} names entry {Seq}, which is another's: {Outcome}", marker.Id, tenant, userId, seq, removed.Status);
    }
}
