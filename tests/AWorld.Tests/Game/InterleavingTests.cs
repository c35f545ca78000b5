using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using AWorld.Activities;
using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tenancy;
using AWorld.Users;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static AWorld.Tests.Game.GameWorld;
using Options = Microsoft.Extensions.Options.Options;

namespace AWorld.Tests.Game;

/// <summary>
/// The same action twice is applied once and answers the same: whatever the order in which the calls of several
/// processes reach the store, and wherever connections break and processes die.
/// </summary>
public sealed class InterleavingTests
{
    const int Processes = 3;
    static readonly Tenant Tenant = GameWorld.Tenant;

    /// <param name="Process">Where it arrives.</param>
    /// <param name="Action">Which action; those of one number share an id or a key.</param>
    /// <param name="Body">What is said to have been done: the value.</param>
    /// <param name="ById">The client chose its id; otherwise only the idempotency key says that it is the same.</param>
    public sealed record Submission(int Process, int Action, int Body, bool ById, bool WithKey);

    /// <param name="Which">Of what can go on: a process's call, or the next submission.</param>
    public sealed record Turn(int Which, int Fault);

    public sealed record Schedule(Submission[] Submissions, Turn[] Turns)
    {
        public override string ToString() => $"{string.Join("\n", Submissions.AsEnumerable())}\n{string.Join(" ", Turns.Select(turn => $"{turn.Which}/{turn.Fault}"))}";
    }

    static readonly Arbitrary<Schedule> Schedules = (
        from submissions in (
            from process in Gen.Choose(0, Processes - 1)
            from action in Gen.Choose(0, 1)
            from body in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Constant(2)))
            from byId in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
            from withKey in Gen.Elements(true, false)
            select new Submission(process, action, body, byId, withKey || !byId)).ArrayOf()
        from turns in (
            from which in Gen.Choose(0, 100)
            from fault in Gen.Choose(0, 30)
            select new Turn(which, fault)).ArrayOf(60)
        where submissions.Length > 0
        select new Schedule([.. submissions.Take(8)], turns)).ToArbitrary();

    [Fact]
    public void The_same_action_in_any_interleaving_is_applied_once_and_answers_the_same() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(30), Prop.ForAll(Schedules, async schedule =>
        {
            var run = new Run();
            await run.Prepare();
            await run.Play(schedule);
            await run.Judge();
        }));

    /// <summary>A process: what it has in memory dies with it.</summary>
    sealed class Process : IDisposable
    {
        public readonly SteppedStore Store;
        public readonly Actions Actions;
        readonly UserDirectory users;
        readonly Snapshots snapshots;
        public int InFlight;

        public Process(MemoryStore shared, FakeClock clock)
        {
            Store = new(shared);
            var (ids, clocks, game, platform) = (new Ids(), new WorkspaceClocks(clock), Options.Create(new GameOptions()), Options.Create(new PlatformOptions()));
            users = new(Store, new Mutations(Store, clock), new Principals(Store, ids, clock), ids, clocks, Options.Create(new UsersOptions()), NullLogger<UserDirectory>.Instance);
            snapshots = new(Store, [AWorld.Activities.Activities.Resource, VirtualCurrencies.Resource, RewardRules.Resource], Options.Create(new SnapshotOptions()), clock);
            var players = new Players(Store, new ServiceCollection().BuildServiceProvider(), game, clocks, NullLogger<Players>.Instance);
            Actions = new(players, users, snapshots, new GroupMissions(players, Store, game, clocks), game, platform, clocks);
        }

        /// <summary>Reads what is cached for all users, so that only calls of the user's own steps wait.</summary>
        public async Task Start(string userId)
        {
            await users.Find(Tenant, userId, default);
            await snapshots.Get(Tenant, default);
            Store.IsOpen = false;
        }

        public void Dispose() => snapshots.Dispose();

        /// <summary>Steps of one user take turns in a process, so there it either waits for the store or has nothing to do.</summary>
        public bool IsSettled => Store.IsWaiting || Volatile.Read(ref InFlight) == 0;
    }

    sealed class Run
    {
        readonly MemoryStore store = new();
        readonly FakeClock clock = new(Now);
        readonly Process[] processes = new Process[Processes];
        readonly List<Submission> asked = [];
        readonly List<(Submission Of, Result<Answer> Answer)> answered = [];
        readonly Queue<Submission> waiting = new();
        string userId = "";

        public async Task Prepare()
        {
            foreach (var (resource, entity) in new (Resource, Configured)[] { (AWorld.Activities.Activities.Resource, Activity("walk")), (VirtualCurrencies.Resource, Currency("points")), (RewardRules.Resource, Pays("each", """{"var":"event.value"}""")) })
            {
                var head = new Head(entity.Id, entity.Stage, 1, "eu-west-1", Now, Now, [], ImmutableDictionary<string, TextTimes>.Empty, Json.Element((object)entity));
                await store.Commit(resource.In(Tenant), [Write.Create(DocumentIds.Entity(entity.Id), Json.Bytes(head))], default);
            }
            var ids = new Ids();
            var users = new UserDirectory(store, new Mutations(store, clock), new Principals(store, ids, clock), ids, new(clock), Options.Create(new UsersOptions()), NullLogger<UserDirectory>.Instance);
            userId = (await users.Create(Tenant, new("ada@example.org"), default)).Value.UserId;
            for (var index = 0; index < Processes; index++)
            {
                await Restart(index);
            }
        }

        public async Task Play(Schedule schedule)
        {
            foreach (var submission in schedule.Submissions)
            {
                waiting.Enqueue(submission);
            }
            foreach (var turn in schedule.Turns)
            {
                await Take(turn);
            }
            // Clients whose request was lost send it again until it is answered; now nothing fails any more.
            while (await Take(new(0, 0)))
            {
            }
        }

        /// <summary>False: nothing is left to do.</summary>
        async Task<bool> Take(Turn turn)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            var ready = Enumerable.Range(0, Processes).Where(index => processes[index].Store.IsWaiting).ToList();
            var choices = ready.Count + (waiting.Count > 0 ? 1 : 0);
            if (choices == 0)
            {
                return false;
            }
            var chosen = turn.Which % choices;
            if (chosen == ready.Count)
            {
                var next = waiting.Dequeue();
                _ = Submit(processes[next.Process], next);
                await Settled(processes[next.Process]);
                return true;
            }
            var at = ready[chosen];
            var outcome = turn.Fault is >= 1 and <= 4 ? (StepOutcome)turn.Fault : StepOutcome.Done;
            await processes[at].Store.Step(outcome);
            if (outcome is StepOutcome.DiedBefore or StepOutcome.DiedAfter)
            {
                await Restart(at);
            }
            await Settled(processes[at]);
            return true;
        }

        async Task Submit(Process process, Submission submission)
        {
            asked.Add(submission);
            var key = submission.WithKey ? new Idempotency("key", $"idempotency:{submission.ById}:{submission.Action}", $"{submission.Body}") : null;
            var action = new ActionInput("walk", Value: submission.Body, ActivityLogId: submission.ById ? $"log-{submission.Action}" : null);
            Interlocked.Increment(ref process.InFlight);
            try
            {
                answered.Add((submission, await process.Actions.Take(Tenant, userId, action, Somebody, key, default)));
                asked.Remove(submission);
            }
            catch (IOException)
            {
                asked.Remove(submission);
                waiting.Enqueue(submission);
            }
            finally
            {
                Interlocked.Decrement(ref process.InFlight);
            }
        }

        /// <summary>What was under way in a process that died is sent again, to another.</summary>
        async Task Restart(int index)
        {
            foreach (var lost in asked.Where(submission => submission.Process == index).ToList())
            {
                asked.Remove(lost);
                waiting.Enqueue(lost with { Process = (index + 1) % Processes });
            }
            processes[index]?.Dispose();
            processes[index] = new(store, clock);
            await processes[index].Start(userId);
        }

        static async Task Settled(Process process)
        {
            var since = Stopwatch.GetTimestamp();
            while (!process.IsSettled)
            {
                Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(30), "a step hangs");
                await Task.Yield();
            }
        }

        public async Task Judge()
        {
            asked.ShouldBeEmpty();
            var state = await new Players(store, new ServiceCollection().BuildServiceProvider(), Options.Create(new GameOptions()), new(clock), NullLogger<Players>.Instance).Read(Tenant, userId, default);
            var applied = 0m;
            var actions = answered.GroupBy(one => (one.Of.ById, one.Of.Action)).ToList();
            foreach (var same in actions)
            {
                // One of the bodies came first: it has the one answer, and every other body a conflict.
                var won = same.Where(one => one.Answer.Succeeded).ToList();
                won.ShouldNotBeEmpty();
                won.Select(one => one.Of.Body).Distinct().ShouldHaveSingleItem();
                won.Select(one => Encoding.UTF8.GetString(one.Answer.Value.Json.Span)).Distinct().ShouldHaveSingleItem();
                won.Select(one => one.Answer.Value.Status).Distinct().ShouldBe([201]);
                won.Count(one => !one.Answer.Value.Replayed).ShouldBeLessThanOrEqualTo(1);
                same.Where(one => !one.Answer.Succeeded).ShouldAllBe(one => one.Answer.Error!.Status == 409 && one.Of.Body != won[0].Of.Body);
                applied += won[0].Of.Body;
            }
            state.Seq.ShouldBe(actions.Count);
            state.Activities.ShouldBe(actions.Count);
            Ledger.Available(state, "points").ShouldBe(applied);
        }
    }
}
