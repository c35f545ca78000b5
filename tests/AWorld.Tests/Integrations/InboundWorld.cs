using System.Globalization;
using System.Text;
using System.Text.Json;
using AWorld.Embedded.Messages;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Rewards;
using AWorld.Tests.Game;
using AWorld.Users;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Integrations;

/// <summary>What tests of inbound events say in few words.</summary>
static class InboundWorld
{
    public const string Events = "/integrations/v1/events", Log = "/dashboard/v1/inbound-events", Settings = "/dashboard/v1/inbound-settings";

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A workspace where each <c>read</c> pays 10 points, and three of them complete a mission.</summary>
    public static async Task<TestPlatform> Start(params (string, string)[] settings)
    {
        var platform = await TestPlatform.Start(settings: settings);
        foreach (var tenant in new[] { platform.Home.Tenant, platform.Sibling.Tenant })
        {
            await platform.Configure(tenant, Activity("read"), Activity("course"), Currency("points"), Pays("pay", "10"), GameWorld.Mission("three"), Rule("rule", pool: ["three"]));
        }
        return platform;
    }

    public static HttpClient Sender(this TestWorkspace workspace) => workspace.Machine("integrations/write");

    public static string Event(string id, object data, string type = "aworld.activity.completed", string source = "/lms", string? time = null) =>
        JsonSerializer.Serialize(new { specversion = "1.0", id, source, type, time, data }, JsonSerializerOptions.Web);

    public static string Read(string id, string externalId, string? time = null) => Event(id, new { externalId, activityId = "read" }, time: time);

    public static StringContent Batch(params string[] events) => new($"[{string.Join(',', events)}]", Encoding.UTF8, "application/cloudevents-batch+json");

    public static async Task<string> StatusOf(this HttpClient client, object body) => (await client.Post(Events, body)).Text("items[0].status");

    public static async Task<decimal> Points(this TestPlatform platform, string userId, Tenant? tenant = null) =>
        Ledger.Available(await platform.Service<Players>().Read(tenant ?? platform.Tenant, userId, Stop), "points");

    public static async Task<long> Activities(this TestPlatform platform, string userId, Tenant? tenant = null) =>
        (await platform.Service<Players>().Read(tenant ?? platform.Tenant, userId, Stop)).Activities;

    public static async Task<UserProfile?> User(this TestPlatform platform, string externalId) => await platform.Service<UserDirectory>().ByExternalId(platform.Tenant, externalId, Stop);

    /// <summary>Newest first.</summary>
    public static async Task<IReadOnlyList<string>> Logged(this TestPlatform platform, string query = "") =>
        [.. (await platform.Dashboard().Get($"{Log}?limit=100{query}")).Items().Select(entry => $"{entry.Text("id")} {entry.Text("status")}")];

    public static ValueTask Queue(this TestPlatform platform, params Message[] messages) => platform.Queue(platform.Tenant, messages);

    public static ValueTask Queue(this TestPlatform platform, Tenant tenant, params Message[] messages) => platform.Service<IMessagePublisher>().Send(tenant, MessageEntities.Inbound.Name, messages, Stop);

    public static Message Message(string id, string json, string? contentType = "application/cloudevents+json", params (string Name, string Value)[] properties) =>
        new(id, Encoding.UTF8.GetBytes(json)) { SessionId = id, ContentType = contentType, Properties = properties.ToDictionary(one => one.Name, one => one.Value) };

    public static async Task<BrokerQueue> Inbound(this TestPlatform platform, Tenant? tenant = null, bool deadLetters = false) =>
        (await platform.Service<Broker>().Open(tenant ?? platform.Tenant, MessageEntities.Inbound, Stop)).Find(null, deadLetters);

    /// <summary>Until nothing is left in the queue but so many dead letters.</summary>
    public static async Task Drained(this TestPlatform platform, int deadLetters = 0, Tenant? tenant = null)
    {
        var (inbound, dead) = (await platform.Inbound(tenant), await platform.Inbound(tenant, deadLetters: true));
        await Until(() => inbound.Count == 0 && dead.Count == deadLetters);
    }

    public static async Task Until(Func<bool> condition)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !condition();)
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(5), "it does not come to its end");
            await Task.Delay(2, Stop);
        }
    }

    public static async Task<IReadOnlyList<DeadLetterReason>> DeadLetters(this TestPlatform platform, Tenant? tenant = null)
    {
        var dead = await platform.Inbound(tenant, deadLetters: true);
        return [.. (await dead.Entity.Receive(dead, 100, TimeSpan.Zero, Stop)).Select(message => message.DeadLetter!)];
    }

    public static string At(int minute) => new DateTimeOffset(2026, 3, 10, 8, minute, 0, TimeSpan.Zero).ToString("O", CultureInfo.InvariantCulture);
}
