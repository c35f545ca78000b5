using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AWorld.Game;
using AWorld.Platform;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

public sealed class ActionMetricTests
{
    [Fact]
    public async Task Actions_are_counted_by_what_became_of_them()
    {
        await using var platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"));
        var user = await platform.NewUser(platform.Tenant, "anna");
        var results = new ConcurrentBag<string?>();
        // The meter is the process's own, so only this test's own flow is counted.
        var own = new AsyncLocal<bool> { Value = true };
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (own.Value)
            {
                results.Add(tags[0].Value as string);
            }
        });
        listener.EnableMeasurementEvents(Telemetry.Actions);

        var actions = platform.Service<Actions>();
        foreach (var activity in new[] { "walk", "walk", "unknown" })
        {
            await actions.Take(platform.Tenant, user, new ActionInput(activity, ActivityLogId: $"{activity}-1"), new(user, null, null, "test"), null, CancellationToken.None);
        }

        results.Order().ShouldBe(["applied", "refused", "replayed"]);
    }
}
