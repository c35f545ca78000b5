using System.Text;
using AWorld.Platform;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

/// <summary>
/// Follows the journals of all users and hands their entries to the observers that repair what a crash or a failure
/// kept from them. Usually they know the entry already.
/// </summary>
sealed class Outbox(IDocumentStore store, IEnumerable<IJournalObserver> observers, IOptions<GameOptions> options, WorkspaceClocks clocks, ILogger<Outbox> log) : BackgroundService
{
    const string CursorId = "outbox";
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    readonly (IJournalObserver Observer, byte[] Property)[] repairing =
        [.. from observer in observers where observer.Repairs is not null select (observer, Encoding.UTF8.GetBytes($"\"{observer.Repairs}\":"))];

    sealed record Position(string Cursor);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (repairing.Length == 0)
        {
            return;
        }
        while (true)
        {
            try
            {
                await CatchUp(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // What was not handed over is still after the stored cursor.
                log.LogWarning(failure, "The outbox stopped at an entry and will go on from it");
            }
            await Task.Delay(options.Value.OutboxInterval, clocks.Real, stoppingToken);
        }
    }

    /// <summary>Hands over what has been committed since the stored cursor.</summary>
    internal async Task CatchUp(CancellationToken stop)
    {
        var start = await store.Read(Home, CursorId, stop) is { } stored ? Json.Read<Position>(stored.Body).Cursor : "";
        var cursor = start;
        try
        {
            while (true)
            {
                var page = await store.Changes(Container.Players, cursor, options.Value.OutboxPage, [PlayerDocuments.JournalPrefix], stop);
                foreach (var change in page.Items)
                {
                    await HandOver(change);
                }
                cursor = page.Cursor;
                if (!page.More)
                {
                    return;
                }
            }
        }
        finally
        {
            if (cursor != start)
            {
                await store.Commit(Home, [Write.Upsert(CursorId, Json.Bytes(new Position(cursor)))], CancellationToken.None);
            }
        }
    }

    async ValueTask HandOver(Change change)
    {
        if (!change.Document.Id.StartsWith(PlayerDocuments.JournalPrefix, StringComparison.Ordinal))
        {
            return;
        }
        JournalEntry? entry = null;
        foreach (var (observer, property) in repairing)
        {
            if (change.Document.Body.Span.IndexOf(property) < 0)
            {
                continue;
            }
            var (tenant, userId) = PlayerDocuments.Owner(change.Partition);
            if (!Subject.IsGroup(userId))
            {
                await observer.Committed(tenant, userId, entry ??= GameJson.Read<JournalEntry>(change.Document.Body));
            }
        }
    }
}
