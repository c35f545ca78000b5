using System.Threading.Channels;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.Hosting;

namespace AWorld.Integrations.Events;

/// <summary>Has events published as soon as an action has happened, where somebody reads them; otherwise they go with the feed's next round.</summary>
sealed class EventSignal(PlayerFeed feed, EventPublisher events, IMessagePublisher publisher, ILogger<EventSignal> log) : BackgroundService, IJournalObserver
{
    // One is enough to begin: what comes meanwhile goes along, or has the next one begin.
    readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ValueTask Committed(Tenant tenant, string userId, JournalEntry entry)
    {
        var isRead = publisher.IsRead(tenant, MessageEntities.Events.Name, CancellationToken.None);
        if (isRead.IsCompletedSuccessfully && isRead.Result)
        {
            signal.Writer.TryWrite(true);
        }
        return ValueTask.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in signal.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await feed.CatchUp(events, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "Events are not published at once; they will be with the feed's next round");
            }
        }
    }
}
