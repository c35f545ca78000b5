using System.Collections.Concurrent;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations.Events;

/// <summary>
/// Sends events, and lets no workspace wait for another: one whose receiver is full goes on by itself from where it
/// stopped in the feed, as room comes, and joins the others when it has caught up. What comes twice has the same id.
/// </summary>
sealed class LaggingWorkspaces(IDocumentStore store, IMessagePublisher publisher, EventMapping mapping, IOptions<GameOptions> options, ILogger<LaggingWorkspaces> log) : IDisposable
{
    const string Prefix = "product-events-lag:";
    const int MessagesAtOnce = 200;
    const int AtOnce = 8;
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    /// <param name="cursor">Everything before was sent.</param>
    /// <param name="sent">What was sent of what is after it.</param>
    sealed class Lag(string cursor, HashSet<string> sent)
    {
        public string Cursor = cursor;
        public readonly HashSet<string> Sent = sent;

        /// <summary>Set while it joins the others, who wait for that then instead of leaving it out.</summary>
        public volatile TaskCompletionSource? Joining;
    }

    sealed record Stored(Tenant Tenant, string Cursor);

    readonly ConcurrentDictionary<Tenant, Lag> lags = new();
    readonly SemaphoreSlim turn = new(1, 1);
    readonly Lock gate = new();
    Task? loaded;

    /// <summary>In order, unless the workspace lags: then they are sent later.</summary>
    /// <param name="from">Where in the feed they come after; null: they must be sent now, or it throws.</param>
    public async ValueTask Send(Tenant tenant, IReadOnlyList<Message> messages, string? from, CancellationToken stop)
    {
        await Loaded().WaitAsync(stop);
        while (lags.TryGetValue(tenant, out var lag))
        {
            if (lag.Joining is not { } joining)
            {
                if (from is null)
                {
                    throw new ReceiverFullException(options.Value.OutboxInterval);
                }
                return;
            }
            await joining.Task.WaitAsync(stop);
        }
        var sent = new HashSet<string>(StringComparer.Ordinal);
        if (!await SendAll(tenant, messages, sent, stop))
        {
            if (from is null)
            {
                throw new ReceiverFullException(options.Value.OutboxInterval);
            }
            log.LogWarning("A receiver of events of {Tenant} is full; its events wait for room", tenant);
            await Save(tenant, from, stop);
            lags[tenant] = new(from, sent);
        }
    }

    Task Loaded()
    {
        lock (gate)
        {
            return loaded is null or { IsFaulted: true } ? loaded = Load() : loaded;
        }
    }

    async Task Load()
    {
        for (string? continuation = null; ;)
        {
            var page = await store.Query(Home, DocumentQuery.Prefix(Prefix, continuation: continuation), CancellationToken.None);
            foreach (var stored in page.Items.Select(static document => Json.Read<Stored>(document.Body)))
            {
                lags.TryAdd(stored.Tenant, new(stored.Cursor, new(StringComparer.Ordinal)));
            }
            if ((continuation = page.Continuation) is null)
            {
                return;
            }
        }
    }

    /// <param name="sent">The ids of those that are, and are not sent again.</param>
    /// <returns>False: there is no room for the rest.</returns>
    async ValueTask<bool> SendAll(Tenant tenant, IReadOnlyList<Message> messages, HashSet<string> sent, CancellationToken stop)
    {
        var left = messages.Where(message => !sent.Contains(message.MessageId)).ToList();
        for (var size = MessagesAtOnce; left.Count > 0;)
        {
            var some = left.Slice(0, Math.Min(size, left.Count));
            try
            {
                await publisher.Send(tenant, MessageEntities.Events.Name, some, stop);
                sent.UnionWith(some.Select(static message => message.MessageId));
                left.RemoveRange(0, some.Count);
            }
            catch (ReceiverFullException) when (some.Count > 1)
            {
                size = some.Count / 2;
            }
            catch (ReceiverFullException)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Sends what there is room for; for a host with receivers that can be full for one workspace alone.</summary>
    public async Task CatchUp(CancellationToken stop)
    {
        await Loaded().WaitAsync(stop);
        await turn.WaitAsync(stop);
        try
        {
            await Parallel.ForEachAsync(lags, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (one, stop) =>
            {
                if (await ToTheEnd(one.Key, one.Value, stop))
                {
                    await Join(one.Key, one.Value, stop);
                }
            });
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>What the others left out was committed before they learn of this, so it is read here, and what they send comes after it.</summary>
    async ValueTask Join(Tenant tenant, Lag lag, CancellationToken stop)
    {
        var joining = lag.Joining = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var joined = false;
        try
        {
            if (await ToTheEnd(tenant, lag, stop))
            {
                await store.Commit(Home, [Write.Delete(IdOf(tenant))], stop);
                joined = lags.TryRemove(tenant, out _);
            }
        }
        finally
        {
            lag.Joining = joined ? joining : null;
            joining.SetResult();
        }
    }

    /// <returns>False: there is no room for all.</returns>
    async ValueTask<bool> ToTheEnd(Tenant tenant, Lag lag, CancellationToken stop)
    {
        var begun = lag.Cursor;
        try
        {
            while (await publisher.IsRead(tenant, MessageEntities.Events.Name, stop))
            {
                var page = await store.Changes(Container.Players, lag.Cursor, options.Value.OutboxPage, EventPublisher.Documents, stop);
                if (!await SendAll(tenant, [.. page.Items.Where(change => PlayerDocuments.Owner(change.Partition).Tenant == tenant).SelectMany(mapping.Of)], lag.Sent, stop))
                {
                    return false;
                }
                lag.Cursor = page.Cursor;
                lag.Sent.Clear();
                if (!page.More)
                {
                    break;
                }
            }
            return true;
        }
        finally
        {
            if (lag.Cursor != begun)
            {
                await Save(tenant, lag.Cursor, CancellationToken.None);
            }
        }
    }

    async ValueTask Save(Tenant tenant, string cursor, CancellationToken stop) =>
        await store.Commit(Home, [Write.Upsert(IdOf(tenant), Json.Bytes(new Stored(tenant, cursor)))], stop);

    static string IdOf(Tenant tenant) => $"{Prefix}{tenant.AccountId}:{tenant.WorkspaceId}";

    public void Dispose() => turn.Dispose();
}
