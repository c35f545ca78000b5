using System.Globalization;
using System.Reflection;
using AWorld.Functions.Triggers;
using AWorld.Platform;
using AWorld.Tests;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Azure.Functions.Worker;

namespace AWorld.Functions.Tests;

/// <summary>Two timers run the upkeeps that are due.</summary>
public sealed class UpkeepFunctionsTests
{
    static readonly DateTimeOffset Noon = new(2030, 1, 7, 12, 0, 0, TimeSpan.Zero);

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    /// <summary>Timers with the upkeeps of a test, and which of them ran.</summary>
    sealed class Bench
    {
        readonly FakeClock clock = new(Noon);
        readonly UpkeepFunctions functions;

        public Bench(params (string Name, TimeSpan Every)[] upkeeps) : this([.. upkeeps.Select(static one => new Upkeep(one.Name, one.Every, static _ => Task.CompletedTask))])
        {
        }

        public Bench(params Upkeep[] upkeeps) => functions = new(
            upkeeps.Select(upkeep => upkeep with
            {
                Run = stop =>
                {
                    Ran.Add(upkeep.Name);
                    return upkeep.Run(stop);
                },
            }), new(), clock);

        public List<string> Ran { get; } = [];

        static TimerInfo Remembered(DateTimeOffset? last, DateTimeOffset? next) =>
            new() { ScheduleStatus = last is null && next is null ? null : new() { Last = (last ?? default).UtcDateTime, Next = (next ?? default).UtcDateTime } };

        /// <summary>Both timers tick.</summary>
        /// <returns>What ran.</returns>
        public async Task<IReadOnlyList<string>> Tick(DateTimeOffset now, DateTimeOffset? last, DateTimeOffset? next = null)
        {
            Ran.Clear();
            await Frequent(now, last, next);
            await Occasional(now, last, next);
            return [.. Ran];
        }

        public Task Frequent(DateTimeOffset now, DateTimeOffset? last = null, DateTimeOffset? next = null, CancellationToken stop = default) => Tick(functions.Frequent, now, last, next, stop);

        public Task Occasional(DateTimeOffset now, DateTimeOffset? last = null, DateTimeOffset? next = null, CancellationToken stop = default) => Tick(functions.Occasional, now, last, next, stop);

        Task Tick(Func<TimerInfo, Microsoft.DurableTask.Client.DurableTaskClient, FunctionContext, Task> timer, DateTimeOffset now, DateTimeOffset? last, DateTimeOffset? next, CancellationToken stop)
        {
            clock.SetUtcNow(now);
            return timer(Remembered(last, next), null!, new FakeInvocation("Upkeep", "timerTrigger") { Stop = stop });
        }
    }

    static Upkeep Failing(string name) => new(name, Minute, static _ => throw new StoreBusyException(TimeSpan.FromSeconds(1)));

    [Fact]
    public async Task What_is_due_more_often_than_every_minute_has_its_own_timer()
    {
        var bench = new Bench(("second", TimeSpan.FromSeconds(1)), ("less", Minute - TimeSpan.FromSeconds(1)), ("minute", Minute), ("day", Day));
        await bench.Frequent(Noon);
        bench.Ran.ShouldBe(["second", "less"]);
        bench.Ran.Clear();
        await bench.Occasional(Noon);
        bench.Ran.ShouldBe(["minute", "day"]);
    }

    [Fact]
    public async Task A_long_sweep_does_not_hold_up_what_is_frequent()
    {
        var swept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bench = new Bench(new Upkeep("sweep", Minute, _ => swept.Task), new("transfers", TimeSpan.FromSeconds(35), static _ => Task.CompletedTask));
        var sweeping = bench.Occasional(Noon);
        await bench.Frequent(Noon).WaitAsync(Minute);
        sweeping.IsCompleted.ShouldBeFalse();
        bench.Ran.ShouldBe(["sweep", "transfers"]);
        swept.SetResult();
        await sweeping;
    }

    [Fact]
    public async Task A_tick_runs_what_has_not_been_run_in_its_slot()
    {
        var bench = new Bench(("minute", Minute), ("ten", 10 * Minute), ("hour", Hour));
        (await bench.Tick(Noon + (1.5 * Minute), last: Noon + (0.5 * Minute))).ShouldBe(["minute"]);
        (await bench.Tick(Noon + (10.5 * Minute), last: Noon + (9.5 * Minute))).ShouldBe(["minute", "ten"]);
        (await bench.Tick(Noon + (30.5 * Minute), last: Noon + (29.5 * Minute))).ShouldBe(["minute", "ten", "hour"]);
    }

    [Fact]
    public async Task A_second_tick_in_a_minute_runs_nothing_again()
    {
        var bench = new Bench(("second", TimeSpan.FromSeconds(1)), ("minute", Minute), ("hour", Hour));
        (await bench.Tick(Noon + TimeSpan.FromSeconds(40), last: Noon + TimeSpan.FromSeconds(5))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_day_turns_at_half_past_three()
    {
        var bench = new Bench(("day", Day));
        var midnight = Noon.AddHours(12);
        (await bench.Tick(midnight + (0.5 * Minute), last: midnight - (0.5 * Minute))).ShouldBeEmpty();
        (await bench.Tick(midnight + new TimeSpan(3, 30, 40), last: midnight + new TimeSpan(3, 29, 40))).ShouldBe(["day"]);
    }

    [Fact]
    public async Task Everything_is_due_at_the_first_tick_and_after_a_long_gap()
    {
        var bench = new Bench(("minute", Minute), ("hour", Hour), ("day", Day));
        string[] all = ["minute", "hour", "day"];
        (await bench.Tick(Noon, last: null)).ShouldBe(all);
        (await bench.Tick(Noon, last: DateTimeOffset.MinValue, next: Noon)).ShouldBe(all);
        (await bench.Tick(Noon.AddDays(40), last: Noon)).ShouldBe(all);
    }

    [Fact]
    public async Task A_call_by_hand_between_two_ticks_runs_everything_of_its_timer()
    {
        var bench = new Bench(("minute", Minute), ("hour", Hour), ("day", Day));
        var (last, next) = (Noon + TimeSpan.FromSeconds(20), Noon + TimeSpan.FromSeconds(80));
        await bench.Occasional(Noon + TimeSpan.FromSeconds(50), last, next);
        bench.Ran.ShouldBe(["minute", "hour", "day"]);
        (await bench.Tick(next - TimeSpan.FromSeconds(1), last, next)).ShouldBe(["minute"], "a tick may be early");
    }

    [Fact]
    public async Task What_fails_keeps_nobody_from_running_and_fails_the_invocation_with_its_name()
    {
        var bench = new Bench(Failing("Media"), new("Other", Minute, static async _ => await Task.Yield()), Failing("HeldEvents"), new("Last", Minute, static _ => Task.CompletedTask));
        var failure = await Should.ThrowAsync<AggregateException>(() => bench.Occasional(Noon));
        bench.Ran.ShouldBe(["Media", "Other", "HeldEvents", "Last"]);
        failure.Message.ShouldStartWith("Failed: Media, HeldEvents.");
        failure.InnerExceptions.ShouldAllBe(static inner => inner is StoreBusyException);
    }

    [Fact]
    public async Task They_run_side_by_side()
    {
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bench = new Bench(
            new Upkeep("waits for the second", Hour, _ => second.Task),
            new Upkeep("the second", Hour, _ => { second.SetResult(); return Task.CompletedTask; }));
        await bench.Occasional(Noon).WaitAsync(Minute);
        bench.Ran.Count.ShouldBe(2);
    }

    [Fact]
    public async Task They_end_when_the_host_stops_and_the_invocation_says_which()
    {
        using var stopping = new CancellationTokenSource();
        var bench = new Bench(new Upkeep("Media", Minute, static stop => Task.Delay(Timeout.Infinite, stop)));
        var running = bench.Occasional(Noon, stop: stopping.Token);
        running.IsCompleted.ShouldBeFalse();
        await stopping.CancelAsync();
        (await Should.ThrowAsync<AggregateException>(() => running)).Message.ShouldStartWith("Failed: Media.");
    }

    static readonly Gen<TimeSpan> Periods = Gen.OneOf(
        Gen.Elements(30, 35, 60, 61, 90, 300, 600, 3600, 86_400, 604_800), Gen.Choose(1, 100_000)).Select(static seconds => TimeSpan.FromSeconds(seconds));

    /// <summary>In minutes from one tick to the next: mostly one, seldom an outage.</summary>
    static readonly Gen<int[]> Gaps = Gen.OneOf(Gen.Constant(1), Gen.Constant(1), Gen.Choose(1, 20), Gen.Choose(1, 5_000)).ArrayOf();

    /// <summary>How many seconds the host's clock is early (below zero) or late for a tick, and how many later its worker sees it.</summary>
    static readonly Gen<(int Host, int Worker)> Off = Gen.Zip(Gen.Choose(-3, 15), Gen.Choose(0, 15)).Select(static pair => (pair.Item1, pair.Item2));

    /// <summary>The second of the minute at which the timer ticks that has slots of more than one tick.</summary>
    static readonly int Second = int.Parse(typeof(UpkeepFunctions).GetMethod(nameof(UpkeepFunctions.Occasional))!.GetParameters()[0].GetCustomAttribute<TimerTriggerAttribute>()!.Schedule.Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>As the Functions host does it: the last tick is when it came, or its time if it came before.</summary>
    [Fact]
    public void An_upkeep_runs_once_in_each_slot_that_has_a_tick() =>
        Prop.ForAll(Periods.ToArbitrary(), Gaps.ToArbitrary(), Off.ArrayOf(100).ToArbitrary(), static (every, gaps, off) =>
        {
            var upkeep = new Upkeep("one", every, static _ => Task.CompletedTask);
            var (due, last, ran, slots) = (Noon + TimeSpan.FromSeconds(Second), default(DateTimeOffset), new List<long>(), new HashSet<long>());
            foreach (var (gap, n) in gaps.Select(static (gap, n) => (gap, n)))
            {
                due += gap * Minute;
                var (host, worker) = off[n % off.Length];
                var (came, seen) = (due.AddSeconds(host), due.AddSeconds(host + worker));
                var slot = (due.Ticks - new TimeSpan(3, 30, Second).Ticks) / every.Ticks;
                slots.Add(slot);
                if (UpkeepSlots.IsDue(upkeep, new() { Last = last.UtcDateTime, Next = due.UtcDateTime }, seen))
                {
                    ran.Add(slot);
                }
                last = came > due ? came : due;
            }
            ran.ShouldBe(slots.Order());
        }).QuickCheckThrowOnFailure();
}
