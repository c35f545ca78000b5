using AWorld.Embedded.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using static AWorld.Embedded.Tests.Workflows.EchoFlows;
using static AWorld.Embedded.Tests.Workflows.Flows;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>What goes wrong in the code and in the history.</summary>
public sealed class WorkflowFaultTests
{
    [Fact]
    public async Task Code_that_asks_for_something_else_than_its_history_fails_with_both_shown()
    {
        await using var bench = await EngineBench.Start(DeclareEchoes(Calling(Echo)));
        await bench.Run(Calling(Echo), "one", "");
        await bench.Restart(DeclareEchoes(Calling(Other)));
        var failed = await bench.Raise("one", "go", 1);
        failed.State.ShouldBe(WorkflowState.Failed);
        failed.Failure!.Type.ShouldBe("NonDeterministicWorkflowException");
        failed.Failure.Message.ShouldBe("step 2: the history has ActivityScheduled #1 'echo', the code now asks for ActivityScheduled #1 'other'; changed code needs a new version of the workflow");

        // The right code is back, and nothing the instance was told is lost.
        await bench.Restart(DeclareEchoes(Calling(Echo)));
        await bench.Client.Retry(EngineBench.Tenant, "one", "the right code is back", default);
        (await bench.Now("one")).Output!.Value.GetString().ShouldBe("a-v1");
    }

    [Fact]
    public async Task A_running_instance_keeps_the_version_it_started_with()
    {
        await using var bench = await EngineBench.Start(DeclareEchoes(Calling(Echo)));
        await bench.Run(Calling(Echo), "old", "");
        await bench.Restart(DeclareEchoes(Calling(Echo), Calling(Other, version: 2)));
        await bench.Run(Calling(Other, version: 2), "new", "");
        (await bench.Raise("old", "go", 1)).Output!.Value.GetString().ShouldBe("a-v1");
        (await bench.Raise("new", "go", 1)).Output!.Value.GetString().ShouldBe("a-v2");
    }

    [Fact]
    public async Task An_instance_whose_code_is_gone_is_quarantined_until_it_is_back()
    {
        await using var bench = await EngineBench.Start(DeclareEchoes(Calling(Echo)));
        await bench.Run(Calling(Echo), "one", "");
        await bench.Restart(DeclareEchoes(Calling(Echo, version: 2)));
        await bench.Raise("one", "go", 1);
        var quarantined = await bench.Now("one");
        quarantined.State.ShouldBe(WorkflowState.Quarantined);
        quarantined.Failure!.Message.ShouldBe("this program has no workflow 'flow' of version 1");
        (await bench.Client.Resume(EngineBench.Tenant, "one", "", default)).Error!.Status.ShouldBe(409);

        await bench.Restart(DeclareEchoes(Calling(Echo)));
        (await bench.Now("one")).State.ShouldBe(WorkflowState.Quarantined);
        await bench.Client.Retry(EngineBench.Tenant, "one", "deployed", default);
        (await bench.Now("one")).Output!.Value.GetString().ShouldBe("a-v1");
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_is_quarantined_and_the_others_go_on()
    {
        await using var bench = await EngineBench.Start(DeclareEchoes(Calling(Echo)));
        await bench.Run(Calling(Echo), "one", "");
        await bench.Run(Calling(Echo), "two", "");
        await bench.Restart();
        await bench.Store.Commit(Partition.Workflows(EngineBench.Tenant), [Write.Upsert(HistoryDocuments.TurnId("one", 1, 2), "{\"at\":7}"u8.ToArray())], default);
        var quarantined = await bench.Raise("one", "go", 1);
        quarantined.State.ShouldBe(WorkflowState.Quarantined);
        quarantined.Failure!.Message.ShouldStartWith("step 2 of the history cannot be read");
        (await bench.Raise("two", "go", 1)).State.ShouldBe(WorkflowState.Completed);
    }

    [Theory]
    [InlineData("Task.Delay")]
    [InlineData("ConfigureAwait")]
    [InlineData("Task.Run")]
    public async Task Code_that_awaits_something_of_its_own_fails_and_says_why(string what)
    {
        var flow = Flow<string, string>(async (context, how) =>
        {
            switch (how)
            {
                case "Task.Delay":
                    await Task.Delay(TimeSpan.FromMinutes(1));
                    break;
                case "Task.Run":
                    await Task.Run(() => Task.Delay(TimeSpan.FromMinutes(1)));
                    break;
                default:
                    await context.CallActivity(Echo, "a").ConfigureAwait(false);
                    break;
            }
            return await context.CallActivity(Echo, "b");
        });
        await using var bench = await EngineBench.Start(DeclareEchoes(flow));
        await bench.Run(flow, "one", what);
        // It notices as soon as the code shows up somewhere else.
        WorkflowInstance instance;
        while ((instance = await bench.Now("one")).State is WorkflowState.Pending or WorkflowState.Running)
        {
            await Task.Yield();
        }
        instance.State.ShouldBe(WorkflowState.Failed);
        instance.Failure!.Message.ShouldContain("its context");
    }

    [Fact]
    public async Task A_loop_that_waits_for_nothing_fails()
    {
        var flow = Flow<string, string>((context, word) =>
        {
            while (true)
            {
                _ = context.Timer(TimeSpan.FromDays(1));
            }
        });
        await using var bench = await EngineBench.Start(DeclareEchoes(flow));
        (await bench.Run(flow, "one", "")).Failure!.Message.ShouldContain("without waiting");
    }

    [Fact]
    public async Task A_history_that_grows_too_long_fails_and_names_the_limit()
    {
        var flow = Flow<string, string>(async (context, _) =>
        {
            while (true)
            {
                await context.CallActivity(Echo, "again");
            }
        });
        await using var bench = await EngineBench.Start(DeclareEchoes(flow), new() { HistoryEvents = 100 });
        (await bench.Run(flow, "one", "")).Failure!.Message.ShouldBe("the history has 102 entries; at most 100 are allowed: use ContinueAsNew");
    }

    [Fact]
    public async Task What_is_too_large_fails_where_it_is_made()
    {
        var flow = Flow<string, string>(async (context, what) =>
        {
            switch (what)
            {
                case "input":
                    return await context.CallActivity(Echo, new string('x', 200_000));
                case "result":
                    return await context.CallActivity(Big, 200_000, RetryPolicy.None);
                case "status":
                    context.SetStatus(new string('x', 200_000));
                    return "";
                case "step":
                    await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => context.CallActivity(Echo, new string('x', 20_000))));
                    return "";
                default:
                    return new string('x', 200_000);
            }
        });
        await using var bench = await EngineBench.Start(DeclareEchoes(flow));
        foreach (var (what, message) in new[] { ("input", "ActivityScheduled #1 'echo' carries"), ("result", "its result has"), ("status", "the status has"), ("step", "one step asks for 100 things"), ("output", "Completed carries") })
        {
            var failed = await bench.Run(flow, what, what);
            failed.State.ShouldBe(WorkflowState.Failed);
            failed.Failure!.Message.ShouldContain(message);
        }
    }

    [Fact]
    public async Task Large_results_of_many_activities_are_taken_in_several_steps()
    {
        var flow = Flow<int, int>(async (context, count) => (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => context.CallActivity(Big, 100_000)))).Sum(text => text.Length));
        await using var bench = await EngineBench.Start(DeclareEchoes(flow));
        (await bench.Run(flow, "one", 60)).Output!.Value.GetInt32().ShouldBe(6_000_000);
    }

    [Fact]
    public async Task Two_of_one_name_and_version_stop_the_start() =>
        await Should.ThrowAsync<InvalidOperationException>(() => EngineBench.Start(DeclareEchoes(Calling(Echo), Calling(Other))));
}
