using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>All submissions of OULAD through the HTTP API of the real host on a real disk, then reads with the store full.</summary>
static class ActionsBenchmark
{
    const int Connections = 16;
    const string Allocated = "dotnet.gc.heap.total_allocated";
    const int MembersAtOnce = 100_000;
    static readonly TimeSpan ReadLength = TimeSpan.FromSeconds(5);

    /// <param name="members">Users to add after the replay, each with one action.</param>
    public static async Task Run(string data, int members)
    {
        if (Oulad.Read() is not { } oulad)
        {
            AnsiConsole.WriteLine("skipped: set AWORLD_FIXTURES to the folder that holds data/oulad");
            return;
        }
        await using var metrics = await MetricsReceiver.Start();
        await using var host = await HostProcess.Start(Path.Combine(data, "host"), metrics.Address);
        using var workspace = new OuladWorkspace(host, oulad);
        var loading = Stopwatch.StartNew();
        await workspace.Load();
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{oulad.Students.Count} users, {oulad.Assessments.Count} activities, tags, mission, rewards and board made in {loading.Elapsed.TotalSeconds:0.0} s"));
        await Replay(host, workspace, metrics);
        await Read(host, workspace, metrics);
        for (var added = 0; added < members; added += MembersAtOnce)
        {
            var adding = Stopwatch.StartNew();
            workspace.AddMembers(Math.Min(MembersAtOnce, members - added));
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workspace.UserIds.Count} users; the last {MembersAtOnce} in {adding.Elapsed.TotalSeconds:0} s; peak memory {host.PeakMegabytes:0} MB, now {host.Megabytes:0} MB; database {host.DatabaseMegabytes:0} MB"));
        }
        if (members > 0)
        {
            await Read(host, workspace, metrics);
        }
    }

    static async Task Replay(HostProcess host, OuladWorkspace workspace, MetricsReceiver metrics)
    {
        var requests = workspace.Requests(Connections);
        var (before, processorBefore) = (await metrics.Next(), host.Processor);
        var load = new HttpLoad(host.Address, Connections);
        var run = load.Run((connection, n) => n < requests[connection].Length ? requests[connection][n] : null);
        var (processor, after) = (host.Processor - processorBefore, await metrics.Next());
        OuladWorkspace.Succeeded(load);
        var actions = requests.Sum(list => list.Length);
        double Each(string metric) => (after.GetValueOrDefault(metric) - before.GetValueOrDefault(metric)) / actions;

        var table = Report.Table($"{actions} actions over HTTP, {Connections} connections, the generator on the same machine", "measured", "value");
        table.AddRow("actions/s", Report.Number(run.PerSecond));
        table.AddRow("p50", Report.Milliseconds(run.P50));
        table.AddRow("p99", Report.Milliseconds(run.P99));
        table.AddRow("documents written an action", Report.Number(Each("aworld.store.documents")));
        table.AddRow("bytes written an action", Report.Number(Each("aworld.store.bytes")));
        table.AddRow("bytes allocated an action", Report.Number(Each(Allocated)));
        table.AddRow("host's processor time an action", $"{Report.Number(processor.TotalMicroseconds / actions)} µs");
        table.AddRow("host's peak memory", $"{Report.Number(host.PeakMegabytes)} MB");
        table.AddRow("database", $"{Report.Number(host.DatabaseMegabytes)} MB");
        AnsiConsole.Write(table);
    }

    static async Task Read(HostProcess host, OuladWorkspace workspace, MetricsReceiver metrics)
    {
        var users = workspace.UserIds;
        var table = Report.Table($"Reads with {users.Count} users, {Connections} connections", "read", "a second", "p50", "p99", "bytes allocated a read", "processor time a read");
        foreach (var (name, path) in ((string, string)[])[
            ("rankings/me", $"/app/v1/runtime-leaderboards/{workspace.BoardId}/rankings/me"),
            ("top ten", $"/app/v1/runtime-leaderboards/{workspace.BoardId}/rankings?limit=10"),
            ("/missions", "/app/v1/missions"),
            ("/virtual-transactions", "/app/v1/virtual-transactions")])
        {
            var requests = users.Select(user => HttpLoad.Request("GET", path, workspace.AppToken, user)).ToArray();
            var load = new HttpLoad(host.Address, Connections);
            var (before, processorBefore) = (await metrics.Next(), host.Processor);
            var run = load.RunFor(ReadLength, (connection, n) => requests[(int)(((uint)n * 2654435761u ^ (uint)connection * 40503u) % requests.Length)]);
            var (processor, after, reads) = (host.Processor - processorBefore, await metrics.Next(), run.PerSecond * ReadLength.TotalSeconds);
            table.AddRow(name, Report.Number(run.PerSecond), Report.Milliseconds(run.P50), Report.Milliseconds(run.P99),
                Report.Number((after.GetValueOrDefault(Allocated) - before.GetValueOrDefault(Allocated)) / reads), $"{Report.Number(processor.TotalMicroseconds / reads)} µs");
            if (load.Failures > 0)
            {
                AnsiConsole.WriteLine($"{name}: {load.Failures} failed, the first with {load.FirstFailure}");
            }
        }
        AnsiConsole.Write(table);
    }
}
