using System.Diagnostics;
using AWorld.Embedded;
using AWorld.Embedded.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>Durable workflows on this machine: every step and every result is committed before the next begins.</summary>
static class WorkflowsBenchmark
{
    const int Instances = 10_000;
    const int FanOut = 1_000;
    const int FanOuts = 50;
    const int Starters = 256;
    static readonly Tenant Tenant = new("benchacct1", "workspace1");

    static readonly WorkflowActivity<int, int> Step = new("step", static (_, _, n, _) => Task.FromResult(n + 1));

    static readonly Workflow<int, int> FiveSteps = new("five-steps", 1, static async (context, n) =>
    {
        for (var step = 0; step < 5; step++)
        {
            n = await context.CallActivity(Step, n);
        }
        return n;
    });

    static readonly Workflow<int, int> Fan = new("fan", 1, static async (context, n) =>
        (await Task.WhenAll(Enumerable.Range(0, FanOut).Select(k => context.CallActivity(Step, n + k)))).Sum());

    static readonly Workflow<int, int> Waiting = new("waiting", 1, static async (context, days) =>
        await context.WaitFor<int>("go", TimeSpan.FromDays(1 + days)) is { Value: var value } ? value : 0);

    public static async Task Run(string data)
    {
        var app = EmbeddedHost.Build(new() { Data = data, Port = 0 }, static builder =>
            builder.Services.AddActivity(Step).AddWorkflow(FiveSteps).AddWorkflow(Fan).AddWorkflow(Waiting));
        await using var _ = app;
        await app.StartAsync();
        var (client, engine) = (app.Services.GetRequiredService<IWorkflowClient>(), app.Services.GetRequiredService<WorkflowEngine>());
        await Measure(client, engine, FiveSteps, "warm", 2_000);
        var table = Report.Table("Durable workflows", "workflow", "instances", "seconds", "instances/s", "activities/s");
        foreach (var (workflow, name, count, activities) in new[] { (FiveSteps, "5 steps", Instances, 5), (Fan, $"fan-out of {FanOut:N0}", FanOuts, FanOut) })
        {
            var elapsed = await Measure(client, engine, workflow, name.Replace(' ', '-').Replace(",", ""), count);
            table.AddRow(name, $"{count:N0}", Report.Number(elapsed.TotalSeconds), Report.Number(count / elapsed.TotalSeconds), Report.Number(count * activities / elapsed.TotalSeconds));
        }
        AnsiConsole.Write(table);
        await Wait(client, engine);
        await app.StopAsync();
    }

    static async Task<TimeSpan> Measure(IWorkflowClient client, WorkflowEngine engine, Workflow<int, int> workflow, string name, int count)
    {
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Starters },
            async (n, stop) => _ = (await client.Start(workflow, Tenant, $"{name}-{n}", n, stop)).Value);
        await engine.Idle();
        var elapsed = clock.Elapsed;
        var last = (await client.Get(Tenant, $"{name}-{count - 1}", default)).Value;
        return last.State == WorkflowState.Completed || workflow == Waiting ? elapsed : throw new InvalidOperationException($"{last.Id} is {last.State}: {last.Failure?.Message}");
    }

    /// <summary>What those cost that wait for an event or a time far away.</summary>
    static async Task Wait(IWorkflowClient client, WorkflowEngine engine)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Measure(client, engine, Waiting, "waiting", Instances);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        using var process = Process.GetCurrentProcess();
        var (used, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(5));
        process.Refresh();
        AnsiConsole.WriteLine($"{Instances:N0} waiting: {held / 1048576.0:0.0} MB more in memory ({engine.InMemory:N0} instances with their code), process {process.WorkingSet64 / 1048576:N0} MB in all; {(process.TotalProcessorTime - used).TotalMilliseconds / clock.Elapsed.TotalMilliseconds:0.0%} of a processor for 5 s, all of the host");
    }
}
