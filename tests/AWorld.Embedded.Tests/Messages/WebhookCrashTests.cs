using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AWorld.Embedded.Demo;
using AWorld.Tests.Integrations;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>The real host as a process, killed with SIGKILL while it takes actions and tells a server outside of what they caused.</summary>
public sealed class WebhookCrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    const int Rounds = 6, Connections = 3;
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(3);

    readonly string folder = Directory.CreateTempSubdirectory("aworld-webhooks-").FullName;
    readonly ConcurrentDictionary<string, string> acknowledged = new();
    readonly List<WebhookCall> calls = [];
    WebhookReceiver receiver = null!;
    KillableHost host = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await WebhookReceiver.Start();
        host = new(folder, new Dictionary<string, string>
        {
            ["AWorld__Webhooks__AllowPrivateAddresses"] = "true", ["AWorld__Webhooks__AllowHttp"] = "true", ["AWorld__Webhooks__Timeout"] = "00:00:30",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_acknowledged_action_reaches_the_webhook_in_order_per_user_however_often_the_host_is_killed()
    {
        var moments = new Random(20140301);
        await host.Start(demo: true);
        var workspace = (await DemoFile.Read(folder, default))!.Workspaces[0];
        using var dashboard = await host.Client(workspace.Client("dashboard"));
        using var app = await host.Client(workspace.Client("app"));
        var secret = await Register(dashboard);
        for (var round = 0; round < Rounds; round++)
        {
            var enough = acknowledged.Count + 1 + moments.Next(0, 30);
            var writing = Enumerable.Range(0, Connections).Select(connection => Log($"r{round}-c{connection}", workspace.Users, app)).ToArray();
            await Until(() => acknowledged.Count >= enough, writing);
            if (round % 2 == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(moments.NextDouble() * 20));
                await host.Kill();
            }
            else
            {
                await KillDuringDelivery(writing);
            }
            await Task.WhenAll(writing);
            await host.Start();
        }
        await Until(() => acknowledged.Keys.All(Logged().ContainsKey), []);
        Verify(secret);
        output.WriteLine($"{Rounds} kills: {acknowledged.Count} actions acknowledged, {calls.Count} calls with {calls.DistinctBy(Id).Count()} events");
    }

    /// <summary>What the receiver has got, but not answered, must come again.</summary>
    async Task KillDuringDelivery(Task[] writing)
    {
        var (underWay, answer) = (new ConcurrentQueue<string>(), receiver.Answer);
        receiver.Answer = async http =>
        {
            underWay.Enqueue(http.Request.Headers["webhook-id"].ToString());
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        await Until(() => !underWay.IsEmpty, writing);
        await host.Kill();
        receiver.Answer = answer;
        Receive();
        var told = calls.Count;
        await Task.WhenAll(writing);
        await host.Start();
        await Until(() => underWay.All(calls.Skip(told).Select(Id).Contains), []);
        await host.Kill();
    }

    async Task<string> Register(HttpClient dashboard)
    {
        using var made = await dashboard.PostAsJsonAsync("/dashboard/v1/webhook-endpoints", new { url = receiver.Address + "/events", eventTypes = new[] { "activity.logged", "transaction.completed" } });
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
    }

    /// <summary>Logs one action after the other, users in turn, until the host is gone.</summary>
    async Task Log(string prefix, IReadOnlyList<DemoUser> users, HttpClient app)
    {
        for (var n = 0; ; n++)
        {
            var (id, userId) = ($"{prefix}-{n}", users[n % users.Count].UserId);
            try
            {
                using var response = await app.PostAsJsonAsync("/app/v1/activity-logs", new { activityId = "cycle-to-work", userId, activityLogId = id, outcome = "SUCCESS" });
                response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
                acknowledged[id] = userId;
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    async Task Until(Func<bool> reached, Task[] writing)
    {
        for (var waited = Stopwatch.StartNew(); !reached(); await Task.Delay(5))
        {
            Receive();
            waited.Elapsed.ShouldBeLessThan(EndsWithin, $"{acknowledged.Count} acknowledged, {calls.Count} calls");
            foreach (var stopped in writing.Where(static task => task.IsCompleted))
            {
                await stopped;
                host.HasExited.ShouldBeFalse();
            }
        }
    }

    void Receive()
    {
        while (receiver.TryNext(out var call))
        {
            calls.Add(call);
        }
    }

    static string Id(WebhookCall call) => call.Headers["webhook-id"];

    static JsonElement Event(WebhookCall call) => JsonElement.Parse(call.Body);

    /// <summary>The ids of the calls that tell of each action.</summary>
    Dictionary<string, List<string>> Logged()
    {
        Receive();
        return calls.Select(call => (Id: Id(call), Event: Event(call))).Where(static one => one.Event.GetProperty("type").GetString() == "activity.logged")
            .GroupBy(static one => one.Event.GetProperty("data").GetProperty("activityLogId").GetString()!, static one => one.Id).ToDictionary(static one => one.Key, static one => one.ToList());
    }

    void Verify(string secret)
    {
        calls.ShouldAllBe(call => IsSigned(call, secret));
        foreach (var (action, ids) in Logged())
        {
            ids.Distinct().ShouldHaveSingleItem($"{action} is one event, however often it came");
        }
        calls.GroupBy(Id).ShouldAllBe(same => same.Select(static call => call.Body).Distinct().Count() == 1);
        calls.Count.ShouldBeGreaterThan(calls.DistinctBy(Id).Count());
        foreach (var user in calls.DistinctBy(Id).Select(Event).GroupBy(static one => one.GetProperty("subject").GetString()!))
        {
            var order = user.Select(static one => one.GetProperty("sequence").GetString()!).ToList();
            order.ShouldBe([.. order.Order(StringComparer.Ordinal)], $"the first arrivals of {user.Key}");
        }
        foreach (var one in calls.DistinctBy(Id).Select(Event).Where(static one => one.GetProperty("type").GetString() == "activity.logged"))
        {
            if (acknowledged.TryGetValue(one.GetProperty("data").GetProperty("activityLogId").GetString()!, out var userId))
            {
                one.GetProperty("subject").GetString().ShouldBe(userId);
            }
        }
    }

    /// <summary>By the specification, and not by the code that signs.</summary>
    static bool IsSigned(WebhookCall call, string secret)
    {
        var signed = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{Id(call)}.{call.Headers["webhook-timestamp"]}.{call.Body}"));
        return call.Headers["webhook-signature"] == "v1," + Convert.ToBase64String(signed);
    }
}
