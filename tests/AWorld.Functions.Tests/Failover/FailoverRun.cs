using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AWorld.Activities;
using AWorld.Functions.Cosmos;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests.Failover;

/// <param name="Lag">Commits by which replication is behind.</param>
/// <param name="IsLost">Whether the home region is lost in the middle of it.</param>
/// <param name="SentAgain">Every how manieth of the acknowledged actions that have not come to the other region is sent again there; 0: none.</param>
public sealed record FailoverCase(int Lag, bool IsLost, int SentAgain);

/// <summary>What was measured. An action is lost when its entry is gone, or is there and its credit is not.</summary>
/// <param name="Behind">Acknowledged actions that had not come to the other region when the home was lost, be it that they came a moment later.</param>
/// <param name="LostOtherwise">Lost ones that had.</param>
/// <param name="Refused">Users who were refused after the loss, until session tokens were forgotten.</param>
/// <param name="Twice">Actions that were credited more than once.</param>
/// <param name="Torn">Users whose state is not what their entries add up to.</param>
/// <param name="Stuck">Users who could take no further step.</param>
/// <param name="Overruled">Versions of documents that lost to a later one.</param>
sealed record FailoverOutcome(int Acknowledged, int Behind, int Lost, int LostOtherwise, int Refused, int Twice, int Torn, int Stuck, int Overruled);

/// <summary>Users act at once, through the product's steps, on two instances; their home region is lost in the middle of it and comes back.</summary>
sealed class FailoverRun : IDisposable
{
    public const int Users = 24;
    const string Home = "West Europe", Next = "North Europe", Currency = "points";
    const int ActionsEach = 8;
    static readonly CancellationToken None = CancellationToken.None;
    static readonly Tenant Workspace = StoreOverFake.Workspace;

    readonly FakeClock clock = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
    readonly FakeRegions regions;
    readonly FailoverCase of;
    readonly List<CosmosClients> clients = [];
    readonly SharedTokens tokens = new();
    readonly ConcurrentDictionary<SentAction, bool> acknowledged = [], unanswered = [];
    readonly ConcurrentDictionary<string, bool> stuck = [];
    readonly int[] sent = new int[Users];
    Players[] instances;

    /// <summary>A user's action; the credit that it brings is a digit of its own in the user's balance.</summary>
    sealed record SentAction(string User, int Number)
    {
        public string Id => $"{User}-{Number:00}";
        public decimal Credit => (decimal)Math.Pow(4, Number);
    }

    FailoverRun(FailoverCase of)
    {
        this.of = of;
        regions = new(clock, Home, Next) { Lag = of.Lag };
        instances = Instances(Home, Next);
    }

    public static async Task<FailoverOutcome> Of(FailoverCase of)
    {
        using var run = new FailoverRun(of);
        return await run.Run();
    }

    async Task<FailoverOutcome> Run()
    {
        if (of.IsLost)
        {
            regions.LoseHomeAfter(Users * ActionsEach / 2);
        }
        await Everybody(ActionsEach);
        var behind = acknowledged.Keys.Where(IsBehind).ToHashSet();
        var refused = unanswered.Keys.Select(static action => action.User).Distinct().Count();

        // Once tokens are forgotten the other region serves everybody. Clients send again what was not answered, and some what was.
        clock.Advance(TimeSpan.FromMinutes(11));
        tokens.Forget();
        var again = behind.OrderByDescending(static action => action.Id, StringComparer.Ordinal).Where((_, i) => of.SentAgain > 0 && i % of.SentAgain == 0);
        foreach (var action in unanswered.Keys.Concat(again))
        {
            await Send(action, instances[0]);
        }
        await Everybody(1);

        // The home is back and drains: all write to the other region, until each has everything.
        regions.Return();
        clock.Advance(TimeSpan.FromMinutes(5));
        instances = Instances(Next, Home);
        await Everybody(2);
        regions.Return();

        // The home is home again.
        clock.Advance(TimeSpan.FromMinutes(5));
        instances = Instances(Home, Next);
        await Everybody(1);
        regions.Return();
        return Measure(behind, refused);
    }

    Players[] Instances(params string[] preferred)
    {
        var options = FakeAccount.Options();
        options.Regions = preferred;
        // A slow machine must not look like a lost region.
        options.RequestTimeout = TimeSpan.FromMinutes(1);
        return [.. Enumerable.Range(0, 2).Select(_ =>
        {
            clients.Add(new(options, FakeAccount.NoCredential, regions.Client));
            var store = new CosmosDocumentStore(clients[^1], options, clock, tokens);
            return new Players(store, new ServiceCollection().BuildServiceProvider(), Options.Create(new GameOptions()), new(clock), NullLogger<Players>.Instance);
        })];
    }

    static string User(int user) => $"user-{user:00}";

    /// <summary>All users at once, each on both instances in turn.</summary>
    Task Everybody(int times) => Task.WhenAll(Enumerable.Range(0, Users).Select(async user =>
    {
        for (var n = 0; n < times; n++)
        {
            await Send(new(User(user), sent[user]++), instances[(user + n) % instances.Length]);
        }
    }));

    async Task Send(SentAction action, Players players)
    {
        try
        {
            if (await Act(players, action))
            {
                acknowledged[action] = true;
                unanswered.TryRemove(action, out _);
            }
            else
            {
                stuck[action.User] = true;
            }
        }
        catch (Exception failure) when (CosmosCalls.IsLost(failure, None))
        {
            unanswered[action] = true;
        }
    }

    /// <returns>False: the product gave up.</returns>
    async Task<bool> Act(Players players, SentAction action)
    {
        var marker = PlayerDocuments.Action(action.Id);
        var step = new Step(state =>
        {
            var now = clock.GetUtcNow();
            var entry = new JournalEntry(state.Seq + 1, now, new(action.User, null, null, "activityLogs/create"))
            {
                Activity = new(action.Id, "recycle", null, 1, null, null, now),
                Transactions = [new(action.Id, action.Id, Currency, Direction.Credit, action.Credit, RedemptionMode.Auto, TransactionState.Completed, InitiatorType.RewardRule, "rule", CounterpartType.System, "REWARDS")],
            };
            return new Decision(Answer.NoContent, entry) { Marker = Write.Create(marker, GameJson.Bytes(new ActionMarker(entry.Seq, action.Id))) };
        })
        {
            TakenBefore = async stop => await players.Journal.Taken(Workspace, action.User, marker, stop) is null ? (Result<Answer>?)null : (Result<Answer>)Answer.NoContent,
        };
        return (await players.Change(Workspace, action.User, step, None)).Succeeded;
    }

    List<FakeItem> Items(int site, string user) => regions.Regions[site].Locked(_ =>
        regions.Regions[site].Container("players").Of(Key(user), long.MaxValue).ToList());

    static string Key(string user) => JsonSerializer.Serialize(Partition.Player(Workspace, user).Key.Split('/'));

    bool IsBehind(SentAction action) => PlayerDocuments.Action(action.Id) is var marker
        && (regions.Late.Contains((Key(action.User), marker)) || Items(1, action.User).TrueForAll(item => item.Id != marker));

    static T Body<T>(FakeItem item) => GameJson.Read<T>(JsonSerializer.SerializeToUtf8Bytes(JsonDocument.Parse((string)item.Body!["body"]!).RootElement));

    FailoverOutcome Measure(HashSet<SentAction> behind, int refused)
    {
        var (twice, torn) = (0, 0);
        var kept = new HashSet<SentAction>();
        foreach (var user in Enumerable.Range(0, Users).Select(User))
        {
            var items = Items(0, user);
            Items(1, user).Select(Text).ShouldBe(items.Select(Text));
            var entries = items.Where(static item => item.Id.StartsWith(PlayerDocuments.JournalPrefix, StringComparison.Ordinal)).Select(Body<JournalEntry>).ToList();
            var state = Body<PlayerState>(items.Single(static item => item.Id == PlayerDocuments.State));
            torn += GameJson.Bytes(entries.Aggregate(PlayerState.Empty, static (folded, entry) => folded.Apply(entry))).AsSpan().SequenceEqual(GameJson.Bytes(state)) ? 0 : 1;
            foreach (var action in Enumerable.Range(0, sent[0] + 1).Select(number => new SentAction(user, number)))
            {
                var credited = (int)(decimal.Floor(state.Balances.Single().Completed / action.Credit) % 4);
                twice += credited > 1 ? 1 : 0;
                if (credited > 0 && entries.Exists(entry => entry.Activity?.ActivityLogId == action.Id))
                {
                    kept.Add(action);
                }
            }
        }
        var lost = acknowledged.Keys.Where(action => !kept.Contains(action)).ToList();
        return new(acknowledged.Count, behind.Count, lost.Count, lost.Count(action => !behind.Contains(action)), refused, twice, torn, stuck.Count, regions.Overruled);
    }

    static (string Id, string Body) Text(FakeItem item) => (item.Id, (string)item.Body!["body"]!);

    public void Dispose()
    {
        clients.ForEach(static one => one.Dispose());
        regions.Dispose();
    }
}

/// <summary>The tokens that instances share. As in Redis the one of a higher sequence stays.</summary>
sealed class SharedTokens : ISessionTokens
{
    readonly ConcurrentDictionary<Partition, string> tokens = [];

    public ValueTask<string?> Find(Partition partition) => new(tokens.GetValueOrDefault(partition));

    public ValueTask Keep(Partition partition, string token)
    {
        tokens.AddOrUpdate(partition, token, (_, old) => Sequence(token) < Sequence(old) ? old : token);
        return ValueTask.CompletedTask;
    }

    public void Forget() => tokens.Clear();

    static long Sequence(string token) => long.Parse(token.Split('#')[1], CultureInfo.InvariantCulture);
}
