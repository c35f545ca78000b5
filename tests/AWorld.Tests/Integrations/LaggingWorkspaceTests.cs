using System.Text.Json;
using AWorld.Game;
using AWorld.Integrations.Events;
using AWorld.Platform;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Two workspaces with webhooks, of which one is slow, with little room for what waits.</summary>
public sealed class LaggingWorkspaceTests : IAsyncLifetime
{
    const int Walks = 20;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    static readonly (string, string)[] Settings =
        [("AWorld:Webhooks:AllowPrivateAddresses", "true"), ("AWorld:Webhooks:AllowHttp", "true"), ("AWorld:Webhooks:Timeout", "00:00:30"), ("AWorld:Messages:PerReceiver", "4")];

    readonly TaskCompletionSource released = new();
    TestPlatform platform = null!;
    WebhookReceiver receiver = null!;

    public async ValueTask InitializeAsync()
    {
        (receiver, platform) = (await WebhookReceiver.Start(), await TestPlatform.Start(settings: Settings));
        receiver.Answer = http => http.Request.Path == "/slow" ? released.Task : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        released.TrySetResult();
        await platform.DisposeAsync();
        await receiver.DisposeAsync();
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    async Task<string> Populate(TestWorkspace workspace, string path)
    {
        await platform.Configure(workspace.Tenant, Activity("walk"));
        var user = await platform.NewUser(workspace.Tenant, "anna");
        await workspace.Dashboard().Post("/dashboard/v1/webhook-endpoints", new { url = receiver.Address + path, eventTypes = new[] { "activity.logged" } });
        return user;
    }

    static Task<JsonElement> Walk(TestWorkspace workspace, string user, int number) => workspace.App(user).Post("/app/v1/activity-logs", new { activityId = "walk", userId = user, activityLogId = $"{number}" });

    static int Number(WebhookCall call) => int.Parse(JsonElement.Parse(call.Body).Text("data.activityLogId"), System.Globalization.CultureInfo.InvariantCulture);

    async Task<int> Lags() => (await platform.Service<IDocumentStore>().Query(Partition.Platform(Partition.PlatformAccount), DocumentQuery.Prefix("product-events-lag:"), Stop)).Items.Count;

    [Fact]
    public async Task A_workspace_that_is_full_holds_up_no_other_and_gets_all_its_events_in_order()
    {
        var (slow, quick) = (await Populate(platform.Home, "/slow"), await Populate(platform.Sibling, "/quick"));
        for (var number = 0; number < Walks; number++)
        {
            await Walk(platform.Home, slow, number);
        }
        await platform.Service<PlayerFeed>().CatchUp(Stop);
        (await Lags()).ShouldBe(1);
        await Should.ThrowAsync<StoreBusyException>(async () => await platform.Service<LaggingWorkspaces>().Send(platform.Tenant, [], null, Stop), "what was parked must not be left out");
        (await receiver.Next()).Path.ShouldBe("/slow");
        await Walk(platform.Sibling, quick, 0);
        (await receiver.Next()).Path.ShouldBe("/quick");

        var (data, clock) = (platform.Data, platform.Clock);
        await platform.Stop();
        released.SetResult();
        platform = await TestPlatform.Start(data, clock, settings: Settings);
        var calls = new List<WebhookCall>();
        for (var began = Environment.TickCount64; calls.DistinctBy(Number).Count() < Walks; await Task.Delay(5, Stop))
        {
            (Environment.TickCount64 - began < Patience.TotalMilliseconds).ShouldBeTrue($"only {calls.Count} came");
            await platform.Service<LaggingWorkspaces>().CatchUp(Stop);
            while (receiver.TryNext(out var call))
            {
                calls.AddRange(call.Path == "/slow" ? [call] : Array.Empty<WebhookCall>());
            }
        }
        calls.DistinctBy(Number).Select(Number).ShouldBe(Enumerable.Range(0, Walks));
        calls.GroupBy(Number).ShouldAllBe(same => same.DistinctBy(call => call.Headers["webhook-id"]).Count() == 1);

        await platform.Service<LaggingWorkspaces>().CatchUp(Stop);
        (await Lags()).ShouldBe(0);
        await Walk(platform.Home, slow, Walks);
        // What was under way when the platform stopped may come once more.
        var latest = await receiver.Next();
        while (Number(latest) != Walks)
        {
            calls.ShouldContain(call => Number(call) == Number(latest));
            latest = await receiver.Next();
        }
    }
}
