using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>From an action over HTTP, or an event in the queue, to the webhooks that tell of what it caused: how many a second, and how long after the request was sent.</summary>
static class EventsBenchmark
{
    const int Users = 200;
    const int Burst = 2_000;
    const int Connections = 16;
    const int Paced = 500;
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>When each event came first, by its id, and the actions that events of one type tell of.</summary>
    sealed class Arrivals
    {
        public readonly ConcurrentDictionary<string, long> Events = new();
        public readonly ConcurrentDictionary<string, long> Actions = new();

        public async Task Take(HttpContext http)
        {
            var at = Stopwatch.GetTimestamp();
            using var body = await JsonDocument.ParseAsync(http.Request.Body);
            Events.TryAdd(http.Request.Headers["webhook-id"].ToString(), at);
            if (body.RootElement.GetProperty("type").GetString() == "activity.logged")
            {
                var data = body.RootElement.GetProperty("data");
                // The log of an event has an id of the platform's.
                Actions.TryAdd((data.TryGetProperty("additionalData", out var added) && added.ValueKind == JsonValueKind.Object ? added.GetProperty("sent") : data.GetProperty("activityLogId")).GetString()!, at);
            }
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    public static async Task Run(string data)
    {
        var arrivals = new Arrivals();
        await using var receiver = await Receive(arrivals);
        var target = receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await using var host = await HostProcess.Start(Path.Combine(data, "host"), null, new Dictionary<string, string> { ["AWorld__Webhooks__AllowPrivateAddresses"] = "true", ["AWorld__Webhooks__AllowHttp"] = "true" });
        using var http = new HttpClient { BaseAddress = host.Address };
        var (app, users) = (await host.Token(http, "app"), await Prepare(http, host, target));
        string Action(string id, int n) => JsonSerializer.Serialize(new { activityId = "recycle", userId = users[n % users.Count], activityLogId = id });
        Measurement AllAtOnce(string name, int each, ConcurrentDictionary<string, long> sent) => new HttpLoad(host.Address, Connections).Run((connection, n) =>
        {
            if (n == each)
            {
                return null;
            }
            var (at, id) = ((n * Connections) + connection, $"{name}-{connection}-{n}");
            var request = HttpLoad.Request("POST", "/app/v1/activity-logs", app, body: Action(id, at));
            sent[id] = Stopwatch.GetTimestamp();
            return request;
        });

        var warm = new ConcurrentDictionary<string, long>();
        AllAtOnce("warm", 20, warm);
        await Arrived(arrivals, warm.Keys);
        var table = Report.Table($"Events to a webhook on the same machine, {users.Count} users", "sent", "sent/s", "events/s out", "sent to its webhook p50", "p99");
        await Measure(table, arrivals, $"{Burst} over {Connections} connections", sent => Task.FromResult(AllAtOnce("burst", Burst / Connections, sent)));
        await Measure(table, arrivals, string.Create(CultureInfo.InvariantCulture, $"{Paced}, one every {Pace.TotalMilliseconds:0} ms"), sent => OneByOne(http, "paced", sent, (id, n) =>
            Request("/app/v1/activity-logs", "Bearer " + app, Action(id, n))));
        await Measure(table, arrivals, string.Create(CultureInfo.InvariantCulture, $"{Paced} events into the queue, one every {Pace.TotalMilliseconds:0} ms"), sent => OneByOne(http, "queued", sent, (id, n) =>
            Request("/servicebus/aworld-inbound/messages", host.InboundAuthorization, JsonSerializer.Serialize(new
            {
                specversion = "1.0", id, source = "/lms", type = "aworld.activity.completed", data = new { userId = users[n % users.Count], activityId = "recycle", additionalData = new { sent = id } },
            }))));
        AnsiConsole.Write(table);
    }

    static HttpRequestMessage Request(string path, string authorization, string json)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    static async Task<Measurement> OneByOne(HttpClient http, string name, ConcurrentDictionary<string, long> sent, Func<string, int, HttpRequestMessage> make)
    {
        using var timer = new PeriodicTimer(Pace);
        var clock = Stopwatch.StartNew();
        for (var n = 0; n < Paced; n++)
        {
            await timer.WaitForNextTickAsync();
            using var request = make($"{name}-{n}", n);
            sent[$"{name}-{n}"] = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }
        return new(Paced / clock.Elapsed.TotalSeconds, default, default);
    }

    static async Task Measure(Table table, Arrivals arrivals, string name, Func<ConcurrentDictionary<string, long>, Task<Measurement>> act)
    {
        var (before, sent, began) = (arrivals.Events.Count, new ConcurrentDictionary<string, long>(), Stopwatch.GetTimestamp());
        var run = await act(sent);
        await Arrived(arrivals, sent.Keys);
        var arrived = sent.Where(one => arrivals.Actions.ContainsKey(one.Key)).Select(one => (Sent: one.Value, At: arrivals.Actions[one.Key])).ToList();
        var elapsed = Stopwatch.GetElapsedTime(began, arrived.Max(static one => one.At));
        var took = Measurement.Of([.. arrived.Select(static one => one.At - one.Sent)], elapsed);
        table.AddRow(name, Report.Number(run.PerSecond), Report.Number((arrivals.Events.Count - before) / elapsed.TotalSeconds), Report.Milliseconds(took.P50), Report.Milliseconds(took.P99));
        if (arrived.Count < sent.Count)
        {
            AnsiConsole.WriteLine($"{name}: {sent.Count - arrived.Count} of {sent.Count} actions did not arrive in time");
        }
    }

    static async Task Arrived(Arrivals arrivals, ICollection<string> actions)
    {
        for (var waited = Stopwatch.StartNew(); !actions.All(arrivals.Actions.ContainsKey) && waited.Elapsed < Patience;)
        {
            await Task.Delay(5);
        }
    }

    static async Task<WebApplication> Receive(Arrivals arrivals)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(arrivals.Take);
        await app.StartAsync();
        return app;
    }

    static async Task<IReadOnlyList<string>> Prepare(HttpClient http, HostProcess host, string target)
    {
        var token = await host.Token(http, "dashboard");
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var made = await http.PostAsJsonAsync("/dashboard/v1/webhook-endpoints", new { url = target });
        made.EnsureSuccessStatusCode();
        var users = new string[Users];
        var load = new HttpLoad(host.Address, Connections);
        load.Run((connection, n) => n * Connections + connection is var at && at < Users
                ? HttpLoad.Request("POST", "/dashboard/v1/users", token, body: JsonSerializer.Serialize(new { externalId = $"u{at}", email = $"u{at}@events.example", nickname = $"User {at}", lang = "en", timezone = "Europe/London" }))
                : null,
            (connection, n, body) => users[n * Connections + connection] = JsonElement.Parse(body.Span).GetProperty("userId").GetString()!);
        return load.Failures == 0 ? users : throw new InvalidOperationException(load.FirstFailure);
    }
}
