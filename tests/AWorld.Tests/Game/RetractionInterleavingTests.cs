using System.Text;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using FsCheck;
using FsCheck.Fluent;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

/// <summary>Processes log actions and take one back at the same time, and again, while their connections to the store break.</summary>
public sealed class RetractionInterleavingTests
{
    enum Ask { Log, Retract }

    /// <param name="Which">Of what can go on: a process's call, or the next request.</param>
    public sealed record Turn(int Which, int Fault);

    static readonly Arbitrary<Turn[]> Schedules = (from which in Gen.Choose(0, 100) from fault in Gen.Choose(0, 12) select new Turn(which, fault)).ArrayOf(60).ToArbitrary();

    [Fact]
    public void An_action_is_taken_back_once_in_any_interleaving() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Schedules, async turns =>
        {
            var (store, clock) = (new MemoryStore(), new FakeClock(Now));
            var userId = await GameProcess.Configure(store, clock);
            var waiting = new Queue<(GameProcess Process, Ask Ask, string Id)>();
            foreach (var (ask, id) in new[] { (Ask.Retract, "wrong"), (Ask.Log, "right"), (Ask.Retract, "wrong"), (Ask.Log, "too"), (Ask.Retract, "wrong") })
            {
                waiting.Enqueue((new(store, clock), ask, id));
            }
            var processes = waiting.Select(request => request.Process).ToList();
            await processes[0].Actions.Take(GameWorld.Tenant, userId, new ActionInput("walk", Value: 5, ActivityLogId: "wrong"), Somebody, null, default);
            foreach (var process in processes)
            {
                await process.Start(userId);
            }
            var answers = new List<Answer>();
            foreach (var turn in turns)
            {
                await Take(turn);
            }
            while (await Take(new(0, 0)))
            {
            }
            answers.Select(answer => Encoding.UTF8.GetString(answer.Json.Span)).Distinct().ShouldHaveSingleItem();
            answers.Count.ShouldBe(3);
            using var reader = new GameProcess(store, clock);
            var state = await reader.Players.Read(GameWorld.Tenant, userId, default);
            state.Seq.ShouldBe(4);
            Ledger.Available(state, "points").ShouldBe(7 + 7);
            var journal = await reader.Players.Journal.Entries(GameWorld.Tenant, userId, 0, false, 10, default);
            journal.Count(entry => entry.Retracted is not null).ShouldBe(1);
            processes.ForEach(process => process.Dispose());
            GameJson.Bytes(journal.Aggregate(PlayerState.Empty, (before, entry) => before.Apply(entry))).ShouldBe(GameJson.Bytes(state));

            async Task<bool> Take(Turn turn)
            {
                clock.Advance(TimeSpan.FromMilliseconds(1));
                var ready = processes.Where(process => process.Store.IsWaiting).ToList();
                var choices = ready.Count + (waiting.Count > 0 ? 1 : 0);
                if (choices == 0)
                {
                    return false;
                }
                var chosen = turn.Which % choices;
                if (chosen == ready.Count)
                {
                    var next = waiting.Dequeue();
                    await next.Process.Run(() => Send(next.Process, next.Ask, next.Id));
                    return true;
                }
                await ready[chosen].Store.Step(turn.Fault switch { 1 => StepOutcome.LostBefore, 2 => StepOutcome.LostAfter, _ => StepOutcome.Done });
                await ready[chosen].Settled();
                return true;
            }

            async Task Send(GameProcess process, Ask ask, string id)
            {
                try
                {
                    var answer = ask == Ask.Log
                        ? await process.Actions.Take(GameWorld.Tenant, userId, new ActionInput("walk", Value: 7, ActivityLogId: id), Somebody, null, default)
                        : await process.Retractions.Retract(GameWorld.Tenant, userId, id, EntityType.Activity, "wrong", Somebody, null, default);
                    answer.Succeeded.ShouldBeTrue();
                    if (ask == Ask.Retract)
                    {
                        answers.Add(answer.Value);
                    }
                }
                catch (IOException)
                {
                    waiting.Enqueue((process, ask, id));
                }
            }
        }));
}
