using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AWorld.Embedded.Demo;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>The real host as a process, killed with SIGKILL while it takes messages and applies them: the broker and the handler of inbound events.</summary>
public sealed class InboundCrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    const int Rounds = 5, Senders = 3, PerSend = 10;
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(10);

    readonly string folder = Directory.CreateTempSubdirectory("aworld-inbound-").FullName;
    KillableHost host = null!;
    int sent;

    /// <summary>Those that each sender sent of somebody whom nobody knew then.</summary>
    readonly int[] early = new int[Senders];

    public ValueTask InitializeAsync()
    {
        host = new(folder, new Dictionary<string, string> { ["AWorld__Inbound__HeldPerUser"] = "10000" });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Out of order, some twice, and some of people who are not there yet.</summary>
    [Fact]
    public async Task Every_message_that_was_accepted_is_applied_once_however_often_the_host_is_killed()
    {
        var moments = new Random(20131001);
        await host.Start(demo: true);
        var demo = (await DemoFile.Read(folder, default))!;
        var workspace = demo.Workspaces[0];
        var authorization = demo.Messaging!.First(one => one.Entity == "aworld-inbound" && one.WorkspaceId == workspace.WorkspaceId).Authorization;
        using var dashboard = await host.Client(workspace.Client("dashboard"));
        var before = await Activities(dashboard, workspace.Users.Select(static user => user.UserId));
        var newcomers = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            using var over = new CancellationTokenSource();
            var sending = Enumerable.Range(0, Senders).Select(sender => Send(sender, authorization, workspace.Users[sender % workspace.Users.Count].ExternalId, new(moments.Next()), over.Token)).ToArray();
            await Task.Delay(TimeSpan.FromMilliseconds(150 + moments.Next(0, 250)));
            await host.Kill();
            await over.CancelAsync();
            await host.Start();
            await Task.WhenAll(sending);
            if (round >= Rounds - Senders)
            {
                newcomers.Add(await Hire(dashboard, round - (Rounds - Senders)));
            }
        }
        var expected = before + sent;
        IReadOnlyList<string> users = [.. workspace.Users.Select(static user => user.UserId), .. newcomers];
        var waited = System.Diagnostics.Stopwatch.StartNew();
        long applied;
        while ((applied = await Activities(dashboard, users)) < expected && waited.Elapsed < EndsWithin)
        {
            await Task.Delay(50);
        }
        applied.ShouldBe(expected);
        foreach (var (sender, newcomer) in newcomers.Index())
        {
            (await Activities(dashboard, [newcomer])).ShouldBe(early[sender]);
        }
        early.ShouldAllBe(static one => one > 0);
        output.WriteLine($"{sent} events, {early.Sum()} of newcomers, {Rounds} kills");
    }

    /// <summary>Sends until it is stopped; what was not answered is sent again, with the same ids, until it is.</summary>
    async Task Send(int sender, string authorization, string externalId, Random random, CancellationToken over)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        while (!over.IsCancellationRequested)
        {
            var first = Interlocked.Add(ref sent, PerSend) - PerSend;
            // One is of the newcomer; that and one of the user come twice.
            string[] names = [.. Enumerable.Range(0, PerSend).Select(n => n == 0 ? Newcomer(sender) : externalId)];
            int[] order = [.. Enumerable.Range(0, PerSend), 0, 1];
            random.Shuffle(order);
            var batch = JsonSerializer.Serialize(order.Select((n, at) => new
            {
                Body = JsonSerializer.Serialize(new { specversion = "1.0", id = $"{first + n}", source = "/crash", type = "aworld.activity.completed", data = new { externalId = names[n], activityId = "recycle" } }),
                BrokerProperties = new { MessageId = $"m{first}-{at}", SessionId = $"{names[n]}-{at % 4}" },
            }));
            Interlocked.Add(ref early[sender], names.Count(name => name != externalId));
            while (!await Accepted(http, batch))
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    static string Newcomer(int sender) => $"newcomer-{sender}";

    /// <summary>They appear between the kills; what they did before is applied then.</summary>
    static async Task<string> Hire(HttpClient dashboard, int sender)
    {
        using var made = await dashboard.PostAsJsonAsync(new Uri("/dashboard/v1/users", UriKind.Relative), new { email = $"{Newcomer(sender)}@example.org", externalId = Newcomer(sender) });
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("userId").GetString()!;
    }

    static async Task<bool> Accepted(HttpClient http, string batch)
    {
        try
        {
            using var content = new StringContent(batch, Encoding.UTF8);
            content.Headers.ContentType = new("application/vnd.microsoft.servicebus.json");
            using var response = await http.PostAsync(new Uri("/servicebus/aworld-inbound/messages", UriKind.Relative), content);
            return response.StatusCode == HttpStatusCode.Created;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    static async Task<long> Activities(HttpClient dashboard, IEnumerable<string> users)
    {
        var sum = 0L;
        foreach (var user in users)
        {
            sum += (await dashboard.GetFromJsonAsync<JsonElement>(new Uri($"/dashboard/v1/users/{user}?fields=stats", UriKind.Relative))).GetProperty("stats").GetProperty("totalActivities").GetInt64();
        }
        return sum;
    }
}
