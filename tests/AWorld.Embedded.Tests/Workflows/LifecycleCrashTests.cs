using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AWorld.Embedded.Demo;
using AWorld.Embedded.Storage;
using AWorld.Platform;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>The real host as a process, killed with SIGKILL while days pass over rules, boards, promises, credits that fade and an erasure.</summary>
public sealed class LifecycleCrashTests(ITestOutputHelper output) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    readonly string folder = Directory.CreateTempSubdirectory("aworld-life-crash-").FullName;
    int kills;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Days_come_to_the_same_however_often_the_host_is_killed()
    {
        var undisturbed = await Tell("undisturbed", null);
        // Moments differ from phase to phase, and are the same in every run.
        var killed = await Tell("killed", new Random(20300107));
        // The lines that differ are easier to read than all of them.
        (string.Join('\n', undisturbed.Except(killed)), string.Join('\n', killed.Except(undisturbed))).ShouldBe(("", ""));
        killed.ShouldBe(undisturbed);
        kills.ShouldBeGreaterThanOrEqualTo(10);
        output.WriteLine($"{kills} kills, {LifecycleStory.People} users, {LifecycleStory.Days} days: {undisturbed.Count} lines are the same");
    }

    async Task<IReadOnlyList<string>> Tell(string name, Random? moments)
    {
        var clock = Stopwatch.StartNew();
        var data = Path.Combine(folder, name);
        await using var host = new KillableHost(data);
        await host.Start(demo: true);
        var demo = (await DemoFile.Read(data, default))!;
        var workspace = demo.Workspaces.Single(workspace => workspace.Development);
        using var dashboard = await host.Client(workspace.Client("dashboard"));
        using var app = await host.Client(workspace.Client("app"));
        var story = new LifecycleStory(dashboard, app);
        await story.Prepare();
        await story.Advance("begin", "P1D");
        output.WriteLine($"{name}: prepared after {clock.Elapsed.TotalSeconds:0.0} s");
        for (var day = 0; day < LifecycleStory.Days; day++)
        {
            await Disturbed(host, story.Act(day), moments, 1500);
            await Disturbed(host, story.Advance($"day-{day}", "P1D"), moments, 1000);
        }
        await Disturbed(host, story.Advance("after", "P2D"), moments, 500);
        await story.Advance("last", "PT1H");
        var shown = await Shown(story);
        await host.Kill();
        using var store = new SqliteDocumentStore(data, new(), TimeProvider.System);
        var lines = await new LifecycleOutcome(store, new(demo.AccountId, workspace.WorkspaceId), story.Users).Lines();
        output.WriteLine($"{name}: {clock.Elapsed.TotalSeconds:0.0} s");
        return [.. shown, .. lines];
    }

    /// <summary>Kills the host while something is under way, and starts it again.</summary>
    async Task Disturbed(KillableHost host, Task work, Random? moments, int within)
    {
        if (moments is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(moments.NextDouble() * within));
            await host.Kill();
            kills++;
            await host.Start();
        }
        await work;
    }

    /// <summary>What clients see at last, when all rules have ended.</summary>
    static async Task<List<string>> Shown(LifecycleStory story)
    {
        var lines = new List<string>();
        foreach (var rule in LifecycleStory.Rules)
        {
            var summary = await Eventually(() => story.Look($"mission-rules/{rule}/summary"),
                summary => summary.GetProperty("state").GetString() == "ENDED" && summary.GetProperty("openPeriods").GetArrayLength() == 0);
            var events = (await story.Look($"mission-rules/{rule}/events?limit=100")).GetProperty("items").EnumerateArray().ToList();
            events.Select(one => one.GetProperty("number").GetInt32()).ShouldBe(Enumerable.Range(1, events.Count));
            lines.AddRange(events.Select(one => $"{rule} {one.GetProperty("type")} {Text(one, "periodId")} {one.GetProperty("at")}"));
            if (!rule.StartsWith("daily", StringComparison.Ordinal))
            {
                lines.Add($"{rule} {summary.GetProperty("assigned")} {summary.GetProperty("completed")} {summary.GetProperty("paid")} {summary.GetProperty("promised")}");
            }
        }
        var boards = (await story.Look("runtime-leaderboards?limit=100")).GetProperty("items").EnumerateArray().Where(board => board.GetProperty("runtimeLeaderboardConfigurationId").GetString() == "day").ToList();
        foreach (var board in boards.OrderBy(board => board.GetProperty("periodId").GetString(), StringComparer.Ordinal))
        {
            var ranking = await story.Look($"runtime-leaderboards/{board.GetProperty("runtimeLeaderboardId")}/rankings?limit=100", story.Users[0]);
            // Who ties is ordered by who came first, which may be another each time.
            var best = ranking.GetProperty("items").EnumerateArray().GroupBy(line => line.GetProperty("score").GetDecimal(), line => story.NumberOf(line.GetProperty("entityId").GetString()!)).Take(5);
            lines.Add($"{board.GetProperty("periodId")} {board.GetProperty("state")} {ranking.GetProperty("totalCount")}: "
                + string.Join(' ', best.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key:0.##} {string.Join(',', group.Order())}"))));
        }
        var erased = story.Users[LifecycleStory.Erased];
        (await story.Find($"users/{erased}")).ShouldBeNull();
        var erasure = await Eventually(() => story.Look($"users/{erased}/erasure"), erasure => erasure.GetProperty("state").GetString() == "COMPLETED");
        erasure.GetProperty("certificate").GetString().ShouldNotBeNullOrEmpty();
        return lines;
    }

    static string? Text(JsonElement one, string name) => one.TryGetProperty(name, out var value) ? value.GetString() : null;

    static async Task<JsonElement> Eventually(Func<Task<JsonElement>> look, Func<JsonElement, bool> until)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var seen = await look();
            if (until(seen))
            {
                return seen;
            }
            waited.Elapsed.ShouldBeLessThan(Patience, seen.ToString());
        }
    }
}
