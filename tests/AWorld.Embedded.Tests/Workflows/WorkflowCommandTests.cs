using AWorld.Embedded.Workflows;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;
using AWorld.Tests;
using static AWorld.Tests.OwnConsole;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>The commands over the data of an engine, running and stopped.</summary>
[Collection(nameof(OwnConsole))]
public sealed class WorkflowCommandTests
{
    static readonly WorkflowActivity<int, int> Fails = new("fails", static (_, _, n, _) => n > 0 ? Task.FromResult(n) : Task.FromException<int>(new IOException("no way")));
    static readonly Workflow<int, int> Flow = new("flow", 1, static async (context, n) =>
    {
        context.SetStatus("working");
        return await context.CallActivity(Fails, n, RetryPolicy.None) + await context.WaitFor<int>("add");
    });

    [Fact]
    public async Task An_operator_lists_shows_terminates_and_retries()
    {
        await using var bench = await EngineBench.Start(static services => services.AddActivity(Fails).AddWorkflow(Flow));
        await bench.Run(Flow, "good", 1);
        await bench.Run(Flow, "bad", 0);

        // While it runs.
        var tenant = EngineBench.Tenant.ToString();
        var (code, text) = await Run($"workflows list --data {bench.Folder}");
        code.ShouldBe(0);
        text.ShouldContain($"{tenant}/bad flow v1 Failed 2026-03-10T09:00:00.000Z IOException: fails failed: no way");
        text.ShouldContain($"{tenant}/good flow v1 Running");
        (await Run($"workflows list --state Failed --data {bench.Folder}")).Text.ShouldNotContain("good");
        (await Run($"workflows list --account another --data {bench.Folder}")).Text.ShouldBeEmpty();
        (code, text) = await Run($"workflows show {tenant}/good --data {bench.Folder}");
        code.ShouldBe(0);
        text.ShouldContain("status \"working\"");
        text.ShouldContain("ActivityCompleted fails 1");
        (await Run($"workflows show {tenant}/none --data {bench.Folder}")).Code.ShouldBe(2);
        (await Run($"workflows terminate {tenant}/good --data {bench.Folder}")).Code.ShouldBe(2, "a running platform holds it in memory");

        // While it does not.
        await bench.Stop();
        (code, text) = await Run($"workflows terminate {tenant}/good --reason enough --data {bench.Folder}");
        (code, text).ShouldSatisfyAllConditions(() => code.ShouldBe(0), () => text.ShouldContain("Terminated"), () => text.ShouldContain("(enough)"));
        (await Run($"workflows retry {tenant}/good --data {bench.Folder}")).Code.ShouldBe(2);
        (await Run($"workflows retry {tenant}/bad --data {bench.Folder}")).Text.ShouldContain("Running");
        (await Run($"workflows terminate {tenant}/none --data {bench.Folder}")).Code.ShouldBe(2);
        (await Run($"workflows terminate nonsense --data {bench.Folder}")).Code.ShouldBe(2);
        await bench.Start();
        (await bench.Now("good")).State.ShouldBe(WorkflowState.Terminated);
        (await bench.Now("bad")).State.ShouldBe(WorkflowState.Failed, "it was tried again and failed again");
        (await bench.History("bad")).Select(one => one.Kind).ShouldContain("Retried");
    }
}
