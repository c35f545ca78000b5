using System.Collections.Immutable;
using System.Diagnostics;
using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tenancy;
using AWorld.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static AWorld.Tests.Game.GameWorld;
using Options = Microsoft.Extensions.Options.Options;

namespace AWorld.Tests.Game;

/// <summary>A process that plays the game over a store that others share, call by call. What it has in memory dies with it.</summary>
sealed class GameProcess : IDisposable
{
    static readonly Tenant Tenant = GameWorld.Tenant;

    readonly Snapshots snapshots;
    int inFlight;

    public GameProcess(MemoryStore shared, FakeClock clock)
    {
        Store = new(shared);
        var (ids, clocks, game, platform) = (new Ids(), new WorkspaceClocks(clock), Options.Create(new GameOptions()), Options.Create(new PlatformOptions()));
        var principals = new Principals(Store, ids, clock, platform);
        snapshots = new(Store, [AWorld.Activities.Activities.Resource, VirtualCurrencies.Resource, RewardRules.Resource], Options.Create(new SnapshotOptions()), clock);
        Players = new(Store, new ServiceCollection().BuildServiceProvider(), game, clocks, NullLogger<Players>.Instance);
        var groups = new GroupMissions(Players, Store, game, clocks);
        Users = new(Store, new(Players, snapshots, groups, game, clocks), principals, [], ids, clocks, Options.Create(new UsersOptions()), NullLogger<UserDirectory>.Instance);
        Actions = new(Players, Users, snapshots, groups, game, platform, clocks);
        Retractions = new(Players, Users, snapshots, Store, game, clocks);
        Erasures = new(Store, Users, principals, [new PlayerTraces(Store, Players)], ids, clocks);
    }

    public SteppedStore Store { get; }
    public UserDirectory Users { get; }
    public Players Players { get; }
    public Actions Actions { get; }
    public Retractions Retractions { get; }
    public Erasures Erasures { get; }

    /// <summary>An activity that pays as many points as its value says, and a user.</summary>
    /// <returns>The user's id.</returns>
    public static async Task<string> Configure(MemoryStore store, FakeClock clock)
    {
        foreach (var (resource, entity) in new (Resource, Configured)[] { (AWorld.Activities.Activities.Resource, Activity("walk")), (VirtualCurrencies.Resource, Currency("points")), (RewardRules.Resource, Pays("each", """{"var":"event.value"}""")) })
        {
            var head = new Head(entity.Id, entity.Stage, 1, "eu-west-1", Now, Now, [], ImmutableDictionary<string, TextTimes>.Empty, Json.Element((object)entity));
            await store.Commit(resource.In(Tenant), [Write.Create(DocumentIds.Entity(entity.Id), Json.Bytes(head))], default);
        }
        using var process = new GameProcess(store, clock);
        return (await process.Users.Create(Tenant, new("ada@example.org", ExternalId: "ada"), default)).Value.UserId;
    }

    /// <summary>From here on each call of the store waits for its turn. What is cached for all users is read before, so that only calls of a user's own steps do.</summary>
    public async Task Start(string userId)
    {
        await Users.Find(Tenant, userId, default);
        await snapshots.Get(Tenant, default);
        Store.IsOpen = false;
    }

    /// <summary>Begins something and returns when it waits for the store, or for its turn behind another step.</summary>
    public async Task Run(Func<Task> work)
    {
        Interlocked.Increment(ref inFlight);
        _ = Count(work());
        await Settled();

        async Task Count(Task begun)
        {
            try
            {
                await begun;
            }
            finally
            {
                Interlocked.Decrement(ref inFlight);
            }
        }
    }

    /// <summary>Steps of one user take turns in a process, so in the end it either waits for the store or has nothing to do.</summary>
    public async Task Settled()
    {
        var since = Stopwatch.GetTimestamp();
        while (!Store.IsWaiting && Volatile.Read(ref inFlight) > 0)
        {
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(30), "a step hangs");
            await Task.Yield();
        }
    }

    public void Dispose() => snapshots.Dispose();
}
