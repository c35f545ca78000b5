using System.Runtime.ExceptionServices;
using AWorld.Platform;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

/// <summary>
/// Reads the change feed of the players container for all who follow it. Those who stand at the same position share
/// the reading; one that failed or was held up goes on by itself and meets the others where the feed ends. A round is
/// begun every <see cref="GameOptions.OutboxInterval"/>, and by whoever asks: a host that is told of changes calls
/// <see cref="CatchUp(CancellationToken)"/>.
/// </summary>
public sealed class PlayerFeed(IDocumentStore store, IServiceProvider services, IOptions<GameOptions> options, WorkspaceClocks clocks, ILogger<PlayerFeed> log) : BackgroundService
{
    /// <summary>How long the others wait for one that is slow with a page.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    readonly Lazy<FeedFollower[]> followers = new(() => [.. services.GetServices<IPlayerFeedConsumer>().Select(consumer => new FeedFollower(consumer, new(store), options.Value, clocks, log))]);

    /// <summary>Everybody has taken what is committed by now. Throws what the first who failed threw; the others have it nevertheless.</summary>
    public async Task CatchUp(CancellationToken stop)
    {
        var all = followers.Value.Select(follower => CatchUp(follower, stop)).ToList();
        await Task.WhenAll(all);
    }

    /// <summary>This one has taken what is committed by now. Others who stand where it stands come along.</summary>
    public Task CatchUp(IPlayerFeedConsumer consumer, CancellationToken stop) =>
        CatchUp(Array.Find(followers.Value, follower => follower.Consumer == consumer) ?? throw new ArgumentException($"{consumer} is not registered", nameof(consumer)), stop);

    /// <summary>Takes what consumers parked, as far as they can by now.</summary>
    public async Task Replay(CancellationToken stop)
    {
        foreach (var follower in followers.Value)
        {
            await follower.Turn.WaitAsync(stop);
            try
            {
                await follower.Replay(stop);
            }
            finally
            {
                follower.Turn.Release();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // Who is slow is not waited for: the others begin the next round without it.
                _ = Round(Free(), stoppingToken);
                await Task.Delay(options.Value.OutboxInterval, clocks.Real, stoppingToken);
            }
        }
        finally
        {
            foreach (var follower in followers.Value)
            {
                await follower.Turn.WaitAsync(CancellationToken.None);
                follower.Turn.Release();
            }
        }
    }

    public override void Dispose()
    {
        if (followers.IsValueCreated)
        {
            Array.ForEach(followers.Value, static follower => follower.Dispose());
        }
        base.Dispose();
    }

    async Task CatchUp(FeedFollower asked, CancellationToken stop)
    {
        FeedOutcome outcome;
        do
        {
            await asked.Turn.WaitAsync(stop);
            var moving = Free();
            moving.Insert(0, asked);
            asked.Ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var ended = asked.Ended.Task;
            _ = Round(moving, stop);
            outcome = await ended;
        }
        while (outcome is { HasMore: true, Failure: null });
        if (outcome.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Those who are in no round, with their turns.</summary>
    List<FeedFollower> Free() => [.. followers.Value.Where(static follower => follower.Turn.Wait(0))];

    /// <summary>Brings followers, whose turns it has, to the end of the feed. Never fails: each ends with its outcome.</summary>
    async Task Round(List<FeedFollower> moving, CancellationToken stop)
    {
        var ready = new List<FeedFollower>(moving.Count);
        foreach (var follower in moving)
        {
            try
            {
                await follower.Begin(stop);
                ready.Add(follower);
            }
            catch (Exception failure)
            {
                End(follower, new(false, failure));
            }
        }
        await Task.WhenAll(ready.GroupBy(static follower => (follower.Position.Cursor, follower.IsIsolating)).Select(group => Together(group.Key.Cursor, group.Key.IsIsolating ? 1 : options.Value.OutboxPage, [.. group], stop)));
    }

    async Task Together(string position, int limit, List<FeedFollower> group, CancellationToken stop)
    {
        try
        {
            var prefixes = group.SelectMany(static follower => follower.Consumer.Prefixes).Distinct(StringComparer.Ordinal).ToList();
            for (var more = true; more && group.Count > 0;)
            {
                var page = await store.Changes(Container.Players, position, limit, prefixes, stop);
                var taking = group.ConvertAll(follower => (Follower: follower, Took: follower.Take(page, stop)));
                var all = Task.WhenAll(taking.Select(static one => one.Took));
                if (!all.IsCompleted)
                {
                    await Task.WhenAny(all, Task.Delay(Patience, clocks.Real, stop));
                }
                foreach (var (follower, took) in taking.Where(static one => !one.Took.IsCompleted || one.Took.GetAwaiter().GetResult() is not null))
                {
                    group.Remove(follower);
                    _ = Leave(follower, took);
                }
                (position, more) = (page.Cursor, page.More);
            }
            group.ForEach(follower => End(follower, default));
        }
        catch (Exception failure)
        {
            group.ForEach(follower => End(follower, new(false, failure)));
        }
    }

    /// <summary>Out of the round when it is done with the page, as one that has more to take.</summary>
    async Task Leave(FeedFollower follower, Task<FeedOutcome?> took) => End(follower, await took ?? new FeedOutcome(HasMore: true, null));

    void End(FeedFollower follower, FeedOutcome outcome)
    {
        if (outcome.Failure is { } failure and not OperationCanceledException)
        {
            // What was not taken is still after its position.
            log.LogWarning(failure, "{Consumer} stopped at a change and will go on from it", follower.Consumer.Id);
        }
        var ended = follower.Ended;
        follower.Turn.Release();
        ended.TrySetResult(outcome);
    }
}
