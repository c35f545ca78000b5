using AWorld.Platform;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AWorld.Tests.Platform;

public sealed class ReadyCheckTests
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(30), Generous = TimeSpan.FromMinutes(2);

    readonly FakeClock clock = new(new(2030, 1, 7, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Whoever_hangs_up_at_once_starts_no_look_of_his_own()
    {
        var (looks, end) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var check = new ReadyCheck(clock, Every, "failed", (_, stop) =>
        {
            Interlocked.Increment(ref looks);
            return end.Task.WaitAsync(stop);
        });
        for (var probe = 0; probe < 10; probe++)
        {
            using var gone = new CancellationTokenSource();
            var asking = check.CheckHealthAsync(new(), gone.Token);
            await gone.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(asking);
        }
        end.SetResult();
        (await check.CheckHealthAsync(new()).WaitAsync(Generous)).Status.ShouldBe(HealthStatus.Healthy);
        looks.ShouldBe(1);

        clock.Advance(Every);
        (await check.CheckHealthAsync(new()).WaitAsync(Generous)).Status.ShouldBe(HealthStatus.Healthy);
        looks.ShouldBe(2);
    }

    [Fact]
    public async Task A_look_that_does_not_end_is_given_up_when_its_time_is_over_by_the_platforms_clock()
    {
        var looking = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var check = new ReadyCheck(clock, Every, "it cannot", (_, stop) =>
        {
            looking.SetResult(stop);
            return Task.Delay(Timeout.Infinite, CancellationToken.None);
        });
        var asking = check.CheckHealthAsync(new());
        var stop = await looking.Task.WaitAsync(Generous);
        clock.Advance(ReadyCheck.Patience - TimeSpan.FromTicks(1));
        (asking.IsCompleted, stop.IsCancellationRequested).ShouldBe((false, false));
        clock.Advance(TimeSpan.FromTicks(1));
        stop.IsCancellationRequested.ShouldBeTrue();
        var said = await asking.WaitAsync(Generous);
        (said.Status, said.Description).ShouldBe((HealthStatus.Unhealthy, "it cannot"));
    }
}
