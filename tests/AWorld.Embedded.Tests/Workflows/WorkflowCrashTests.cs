using System.Diagnostics;
using System.Globalization;
using AWorld.Embedded.Storage;
using AWorld.Platform;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>The real host as a process, killed with SIGKILL while a hundred workflows are at work.</summary>
public sealed class WorkflowCrashTests(ITestOutputHelper output) : IDisposable
{
    const int Kills = 10;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly string folder = Directory.CreateTempSubdirectory("aworld-flow-crash-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_workflow_ends_as_if_nobody_had_killed_it()
    {
        var undisturbed = await Outcome("undisturbed");
        undisturbed.Length.ShouldBe(CrashFlows.Instances);
        undisturbed.ShouldAllBe(line => line.Contains(" Completed "));

        // Moments differ from round to round, and are the same in every run.
        var moments = new Random(20260310);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var host = Host("killed", upTo: kill * CrashFlows.Stages / Kills);
            await host.Start();
            await Task.Delay(TimeSpan.FromMilliseconds(moments.NextDouble() * 700));
        }
        var killed = await Outcome("killed");
        killed.ShouldBe(undisturbed);
        foreach (var data in new[] { "undisturbed", "killed" })
        {
            (await Kept(data)).ShouldBe(CrashFlows.Instances * CrashFlows.KeptPerInstance, $"every call has one key, in {data}");
        }
        output.WriteLine($"{Kills} kills, {CrashFlows.Instances} workflows of {CrashFlows.FanOut} activities and more: the same results");
    }

    async Task<string[]> Outcome(string data)
    {
        var clock = Stopwatch.StartNew();
        await using var host = Host(data, upTo: CrashFlows.Stages);
        await host.Start();
        var results = Path.Combine(folder, data + ".txt");
        while (!File.Exists(results))
        {
            clock.Elapsed.ShouldBeLessThan(Patience, $"the {data} run must come to its end");
            host.HasExited.ShouldBeFalse();
            await Task.Delay(20);
        }
        output.WriteLine($"{data}: {clock.Elapsed.TotalSeconds:0.0} s from the start to the last result");
        return await File.ReadAllLinesAsync(results);
    }

    KillableHost Host(string data, int upTo) => new(Path.Combine(folder, data), new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(WorkflowCrashTests).Assembly.Location,
        [CrashDriver.UpTo] = upTo.ToString(CultureInfo.InvariantCulture),
        [CrashDriver.Results] = Path.Combine(folder, data + ".txt"),
    });

    async Task<int> Kept(string data)
    {
        using var store = new SqliteDocumentStore(Path.Combine(folder, data), new(), TimeProvider.System);
        var page = await store.Query(CrashFlows.Kept, new(Limit: StoreLimits.PageItems), default);
        page.Continuation.ShouldBeNull();
        return page.Items.Count;
    }
}
