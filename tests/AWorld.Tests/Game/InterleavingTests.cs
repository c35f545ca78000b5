using System.Text;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using FsCheck;
using FsCheck.Fluent;
using static AWorld.Tests.Game.GameWorld;

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

    sealed class Run
    {
        readonly MemoryStore store = new();
        readonly FakeClock clock = new(Now);
        readonly GameProcess[] processes = new GameProcess[Processes];
        readonly List<Submission> asked = [];
        readonly List<(Submission Of, Result<Answer> Answer)> answered = [];
        readonly Queue<Submission> waiting = new();
        string userId = "";

        public async Task Prepare()
        {
            userId = await GameProcess.Configure(store, clock);
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
                await processes[next.Process].Run(() => Submit(processes[next.Process], next));
                return true;
            }
            var at = ready[chosen];
            var outcome = turn.Fault is >= 1 and <= 4 ? (StepOutcome)turn.Fault : StepOutcome.Done;
            await processes[at].Store.Step(outcome);
            if (outcome is StepOutcome.DiedBefore or StepOutcome.DiedAfter)
            {
                await Restart(at);
            }
            await processes[at].Settled();
            return true;
        }

        async Task Submit(GameProcess process, Submission submission)
        {
            asked.Add(submission);
            var key = submission.WithKey ? new Idempotency("key", $"idempotency:{submission.ById}:{submission.Action}", $"{submission.Body}") : null;
            var action = new ActionInput("walk", Value: submission.Body, ActivityLogId: submission.ById ? $"log-{submission.Action}" : null);
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

        public async Task Judge()
        {
            asked.ShouldBeEmpty();
            using var reader = new GameProcess(store, clock);
            var state = await reader.Players.Read(Tenant, userId, default);
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
