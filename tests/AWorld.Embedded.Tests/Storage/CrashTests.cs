using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using AWorld.Embedded.Demo;
using AWorld.Embedded.Storage;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Embedded.Tests.Storage;

/// <summary>The real host as a process, killed with SIGKILL while it takes actions from several connections.</summary>
public sealed class CrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    const int Rounds = 50;
    const int Connections = 4;
    const string Activity = "cycle-to-work";

    readonly string folder = Directory.CreateTempSubdirectory("aworld-crash-").FullName;
    readonly ConcurrentDictionary<string, string> sent = new();
    readonly ConcurrentDictionary<string, string> acknowledged = new();
    KillableHost host = null!;

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
    public async Task Every_acknowledged_action_survives_once_and_none_is_half_there()
    {
        // Moments differ from round to round, and are the same in every run.
        var moments = new Random(20130201);
        await host.Start(demo: true);
        var demo = (await DemoFile.Read(folder, default))!;
        var workspace = demo.Workspaces[0];
        using var http = await host.Client(workspace.Client("app"));
        for (var round = 0; round < Rounds; round++)
        {
            if (round > 0)
            {
                await host.Start();
            }
            var before = acknowledged.Count;
            var writing = Enumerable.Range(0, Connections).Select(connection => Write(round, connection, workspace.Users, http)).ToArray();
            await Reached(before + 1 + moments.Next(0, 60), writing);
            // Somewhere in the middle of whatever it does next.
            await Task.Delay(TimeSpan.FromMilliseconds(moments.NextDouble() * 10));
            await host.Kill();
            await Task.WhenAll(writing);
            if (round % 10 == 9)
            {
                await Verify(new(demo.AccountId, workspace.WorkspaceId), workspace.Users);
            }
        }
        output.WriteLine($"{Rounds} kills: {sent.Count} actions sent, {acknowledged.Count} acknowledged, all of them there");
    }

    /// <summary>Logs one action after the other, users in turn, until the host is gone.</summary>
    async Task Write(int round, int connection, IReadOnlyList<DemoUser> users, HttpClient http)
    {
        for (var n = 0; ; n++)
        {
            var (id, userId) = ($"r{round}-c{connection}-{n}", users[(n + connection) % users.Count].UserId);
            sent[id] = userId;
            try
            {
                using var response = await http.PostAsJsonAsync("/app/v1/activity-logs", new { activityId = Activity, userId, activityLogId = id, outcome = "SUCCESS" });
                response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
                acknowledged[id] = userId;
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    async Task Reached(int count, Task[] writing)
    {
        while (acknowledged.Count < count)
        {
            var stopped = writing.FirstOrDefault(task => task.IsCompleted);
            if (stopped is not null)
            {
                await stopped;
                host.HasExited.ShouldBeFalse();
            }
            await Task.Delay(1);
        }
    }

    /// <summary>The journal against the markers, the state and the balances, in the file as the kill left it.</summary>
    async Task Verify(Tenant tenant, IReadOnlyList<DemoUser> users)
    {
        using var store = new SqliteDocumentStore(folder, new(), TimeProvider.System);
        var found = new Dictionary<string, string>();
        foreach (var user in users)
        {
            var partition = Partition.Player(tenant, user.UserId);
            var state = PlayerState.Empty;
            var markers = (await All(store, partition, "action:")).ToDictionary(marker => marker.Id["action:".Length..], marker => GameJson.Read<ActionMarker>(marker.Body).Seq);
            var credited = new Dictionary<string, decimal>();
            foreach (var document in await All(store, partition, PlayerDocuments.JournalPrefix))
            {
                var entry = GameJson.Read<JournalEntry>(document.Body);
                state = state.Apply(entry);
                foreach (var transaction in entry.Transactions)
                {
                    credited[transaction.VirtualCurrencyId] = credited.GetValueOrDefault(transaction.VirtualCurrencyId) + transaction.Signed();
                }
                if (entry.Activity is { } activity)
                {
                    found.TryAdd(activity.ActivityLogId, user.UserId).ShouldBeTrue($"{activity.ActivityLogId} was applied twice");
                    markers.Remove(activity.ActivityLogId, out var seq).ShouldBeTrue($"{activity.ActivityLogId} has no marker");
                    seq.ShouldBe(entry.Seq);
                }
            }
            markers.ShouldBeEmpty("a marker without its journal entry");
            var stored = await store.Read(partition, PlayerDocuments.State, default);
            (stored is null ? "" : Encoding.UTF8.GetString(stored.Body.Span)).ShouldBe(state.Seq == 0 ? "" : Encoding.UTF8.GetString(GameJson.Bytes(state)));
            state.Badges.Sum(badge => badge.Count).ShouldBe(state.MissionsCompleted, "the demonstration awards a badge for its mission");
            foreach (var balance in state.Balances)
            {
                balance.Completed.ShouldBe(credited[balance.VirtualCurrencyId]);
            }
        }
        acknowledged.Where(action => found.GetValueOrDefault(action.Key) != action.Value).ShouldBeEmpty("acknowledged and lost");
        found.Where(action => sent.GetValueOrDefault(action.Key) != action.Value).ShouldBeEmpty("applied and never sent");
    }

    static async Task<List<Document>> All(SqliteDocumentStore store, Partition partition, string prefix)
    {
        var all = new List<Document>();
        for (string? continuation = null; ;)
        {
            var page = await store.Query(partition, DocumentQuery.Prefix(prefix, continuation: continuation), default);
            all.AddRange(page.Items);
            if ((continuation = page.Continuation) is null)
            {
                return all;
            }
        }
    }
}
