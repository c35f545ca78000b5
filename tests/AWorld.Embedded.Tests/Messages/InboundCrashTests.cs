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
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(3);

    readonly string folder = Directory.CreateTempSubdirectory("aworld-inbound-").FullName;
    KillableHost host = null!;
    int sent;

    public ValueTask InitializeAsync()
    {
        host = new(folder);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_message_that_was_accepted_is_applied_once_however_often_the_host_is_killed()
    {
        var moments = new Random(20131001);
        await host.Start(demo: true);
        var demo = (await DemoFile.Read(folder, default))!;
        var workspace = demo.Workspaces[0];
        var authorization = demo.Messaging!.First(one => one.Entity == "aworld-inbound" && one.WorkspaceId == workspace.WorkspaceId).Authorization;
        using var dashboard = await host.Client(workspace.Client("dashboard"));
        var before = await Activities(dashboard, workspace.Users);
        for (var round = 0; round < Rounds; round++)
        {
            using var over = new CancellationTokenSource();
            var sending = Enumerable.Range(0, Senders).Select(sender => Send(authorization, workspace.Users[sender % workspace.Users.Count], over.Token)).ToArray();
            await Task.Delay(TimeSpan.FromMilliseconds(150 + moments.Next(0, 250)));
            await host.Kill();
            await over.CancelAsync();
            await host.Start();
            await Task.WhenAll(sending);
        }
        var expected = before + sent;
        var waited = System.Diagnostics.Stopwatch.StartNew();
        long applied;
        while ((applied = await Activities(dashboard, workspace.Users)) < expected && waited.Elapsed < EndsWithin)
        {
            await Task.Delay(50);
        }
        applied.ShouldBe(expected);
        output.WriteLine($"{sent} messages, {Rounds} kills");
    }

    /// <summary>Sends until it is stopped; what was not answered is sent again, with the same ids, until it is.</summary>
    async Task Send(string authorization, DemoUser user, CancellationToken over)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        while (!over.IsCancellationRequested)
        {
            var first = Interlocked.Add(ref sent, PerSend) - PerSend;
            var batch = JsonSerializer.Serialize(Enumerable.Range(first, PerSend).Select(n => new
            {
                Body = JsonSerializer.Serialize(new { specversion = "1.0", id = $"{n}", source = "/crash", type = "aworld.activity.completed", data = new { externalId = user.ExternalId, activityId = "recycle" } }),
                BrokerProperties = new { MessageId = $"m{n}", SessionId = $"{user.ExternalId}-{n % 4}" },
            }));
            while (!await Accepted(http, batch))
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
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

    static async Task<long> Activities(HttpClient dashboard, IEnumerable<DemoUser> users)
    {
        var sum = 0L;
        foreach (var user in users)
        {
            sum += (await dashboard.GetFromJsonAsync<JsonElement>(new Uri($"/dashboard/v1/users/{user.UserId}?fields=stats", UriKind.Relative))).GetProperty("stats").GetProperty("totalActivities").GetInt64();
        }
        return sum;
    }
}
