using System.Text.Json;
using AWorld.Embedded.Messages;
using AWorld.Integrations.Webhooks;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests.Game;
using Microsoft.AspNetCore.Builder;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Integrations;

/// <summary>A platform with a user who acts, and a server that is called.</summary>
public abstract class WebhookWorld : IAsyncLifetime
{
    private protected const string Path = "/dashboard/v1/webhook-endpoints";
    private protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private protected static readonly (string, string)[] Local = [("AWorld:Webhooks:AllowPrivateAddresses", "true"), ("AWorld:Webhooks:AllowHttp", "true"), ("AWorld:Webhooks:Timeout", "00:00:25")];

    private protected TestPlatform platform = null!;
    private protected WebhookReceiver receiver = null!;
    private protected string anna = "";

    /// <summary>Replaces services.</summary>
    private protected virtual void Configure(WebApplicationBuilder builder)
    {
    }

    public async ValueTask InitializeAsync()
    {
        receiver = await WebhookReceiver.Start();
        await Start();
        anna = await Populate(platform.Tenant);
    }

    private protected async Task Start(string? data = null, FakeClock? clock = null, params (string, string)[] settings) => platform = await TestPlatform.Start(data, clock, Configure, settings: settings.Length == 0 ? Local : settings);

    private protected async Task<string> Populate(Tenant tenant)
    {
        await platform.Configure(tenant, Activity("walk"));
        return await platform.NewUser(tenant, "anna");
    }

    public async ValueTask DisposeAsync()
    {
        await platform.DisposeAsync();
        await receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task<JsonElement> Endpoint(object? eventTypes = null, string? path = null, TestWorkspace? workspace = null, string? mail = null) =>
        (workspace ?? platform.Home).Dashboard().Post(Path, new { url = receiver.Address + (path ?? "/events"), eventTypes = eventTypes ?? new[] { "activity.logged" }, notificationEmail = mail });

    private protected Task<JsonElement> Walk(string? id = null) => platform.App(anna).Post("/app/v1/activity-logs", new { activityId = "walk", userId = anna, activityLogId = id });

    private protected async Task<IReadOnlyList<JsonElement>> Log(string endpointId) => (await platform.Dashboard().Get($"{Path}/{endpointId}/deliveries")).Items();

    private protected async Task<JsonElement> Delivered(string endpointId, Func<JsonElement, bool> ready)
    {
        JsonElement found = default;
        await Until(async () => (found = (await Log(endpointId)).FirstOrDefault(ready)).ValueKind == JsonValueKind.Object);
        return found;
    }

    /// <summary>Nobody holds a message any more, whose lock a clock that moves would end; so many wait for their time.</summary>
    private protected async Task Settled(int waiting)
    {
        var broker = platform.Service<Broker>();
        var (events, queue) = (await broker.Open(platform.Tenant, MessageEntities.Events, Stop), await broker.Open(platform.Tenant, WebhookDeliveries.Queue, Stop));
        await Until(() => Task.FromResult(events.Count == 0 && queue.Count == waiting));
    }

    private protected static async Task Until(Func<Task<bool>> reached)
    {
        for (var began = Environment.TickCount64; !await reached(); await Task.Delay(5, Stop))
        {
            (Environment.TickCount64 - began < Patience.TotalMilliseconds).ShouldBeTrue("it does not become what it should");
        }
    }

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected static Func<JsonElement, bool> Attempted(int times) => one => one.Items("attempts").Count == times;

    private protected static bool IsSignedWith(WebhookCall call, string secret) =>
        call.Headers["webhook-signature"].Split(' ').Contains(WebhookSignature.Of([secret], call.Headers["webhook-id"], long.Parse(call.Headers["webhook-timestamp"]), call.Body));

    private protected static readonly string Start0 = Instants.Text(TestPlatform.Start0);
}
