using System.Collections.Concurrent;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static AWorld.Embedded.Tests.Workflows.Flows;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>What a workflow may do, each also after a restart in the middle.</summary>
public sealed class WorkflowTests
{
    [Fact]
    public async Task Activities_run_one_after_the_other_as_the_instances_tenant()
    {
        var flow = Flow<string, string>(async (context, name) =>
        {
            var first = await context.CallActivity(Shout, "hello");
            return $"{first} {await context.CallActivity(Shout, name)}";
        });
        var (steps, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        var ended = await bench.Run(flow, "one", "ada");
        ended.State.ShouldBe(WorkflowState.Completed, ended.Failure?.Message);
        Text(ended).ShouldBe("HELLO ADA");
        steps.Contexts.ShouldAllBe(context => context.Tenant == EngineBench.Tenant && context.InstanceId == "one");
        steps.Contexts.Select(context => context.IdempotencyKey).Distinct().Count().ShouldBe(2);
        (await bench.History("one")).Select(one => one.Kind).ShouldBe(["Started", "ActivityScheduled", "ActivityCompleted", "ActivityScheduled", "ActivityCompleted", "Completed"]);
    }

    [Fact]
    public async Task Starting_twice_is_one_instance_also_when_it_has_ended()
    {
        var flow = Flow<string, string>((context, name) => context.CallActivity(Shout, name));
        var (steps, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => bench.Client.Start(flow, EngineBench.Tenant, "one", "a", default)));
        Text(await bench.Run(flow, "one", "b")).ShouldBe("A");
        steps.Runs.ShouldBe(new Dictionary<string, int> { ["a"] = 1 });
    }

    [Fact]
    public async Task Fan_out_and_in_gives_all_results_in_order()
    {
        var flow = Flow<int, string[]>(async (context, count) => await Task.WhenAll(Enumerable.Range(0, count).Select(n => context.CallActivity(Shout, $"w{n}"))));
        var (steps, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        var ended = await bench.Run(flow, "one", 300);
        ended.Output!.Value.EnumerateArray().Select(one => one.GetString()).ShouldBe(Enumerable.Range(0, 300).Select(n => $"W{n}"));
        steps.Runs.Values.ShouldAllBe(runs => runs == 1);
    }

    [Fact]
    public async Task A_failing_activity_is_retried_by_its_policy_with_the_same_key()
    {
        var flow = Flow<string, string>((context, _) => context.CallActivity(Shout, "word", new(4, TimeSpan.FromMinutes(1), 2, TimeSpan.FromMinutes(3))));
        var (steps, declare) = Declare(flow);
        steps.FailuresLeft = 3;
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        await bench.Pass(TimeSpan.FromMinutes(1));
        await bench.Restart();
        steps.Runs["word"].ShouldBe(2);
        await bench.Pass(TimeSpan.FromMinutes(2));
        steps.Runs["word"].ShouldBe(3);
        await bench.Pass(TimeSpan.FromMinutes(2.9));
        steps.Runs["word"].ShouldBe(3);
        await bench.Pass(TimeSpan.FromMinutes(0.1));
        Text(await bench.Now("one")).ShouldBe("WORD");
        steps.Contexts.Select(context => context.IdempotencyKey).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_activity_that_keeps_failing_fails_the_workflow_with_its_message()
    {
        var flow = Flow<string, string>((context, _) => context.CallActivity(Shout, "word", RetryPolicy.None));
        var (steps, declare) = Declare(flow);
        steps.FailuresLeft = 1;
        await using var bench = await EngineBench.Start(declare);
        var failed = await bench.Run(flow, "one", "");
        (failed.State, failed.Failure!.Message).ShouldBe((WorkflowState.Failed, "shout failed: no voice for word"));

        (await bench.Client.Retry(EngineBench.Tenant, "one", "voice is back", default)).Succeeded.ShouldBeTrue();
        Text(await bench.Now("one")).ShouldBe("WORD");
        steps.Contexts.Select(context => context.IdempotencyKey).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Sub_workflows_give_their_results_and_their_failures()
    {
        var child = Flow<string, string>(async (context, word) => word == "bad" ? throw new InvalidOperationException("bad word") : await context.CallActivity(Shout, word), "child");
        var flow = Flow<string[], string>(async (context, words) =>
        {
            try
            {
                return string.Join(' ', await Task.WhenAll(words.Select(word => context.CallWorkflow(child, word))));
            }
            catch (WorkflowTaskFailedException failed)
            {
                return failed.Message;
            }
        });
        var (_, declare) = Declare(flow, child);
        await using var bench = await EngineBench.Start(declare);
        Text(await bench.Run(flow, "good", ["a", "b"])).ShouldBe("A B");
        Text(await bench.Run(flow, "bad", ["a", "bad"])).ShouldBe("child failed: bad word");
    }

    [Fact]
    public async Task Continuing_as_new_forgets_history_and_keeps_events()
    {
        var flow = Flow<int, int>(async (context, count) =>
        {
            context.SetStatus($"at {count}");
            var add = await context.WaitFor<int>("add", TimeSpan.FromDays(1));
            if (add is null)
            {
                return count;
            }
            context.ContinueAsNew(count + add.Value);
            return 0;
        });
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", 0);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => bench.Client.Raise(EngineBench.Tenant, "one", "add", 1, default)));
        await bench.Restart();
        var running = await bench.Raise("one", "add", 1);
        running.Status!.Value.GetString().ShouldBe("at 151");
        (await bench.History("one")).Count.ShouldBeLessThan(10);
        await bench.Pass(TimeSpan.FromDays(2));
        (await bench.Now("one")).Output!.Value.GetInt32().ShouldBe(151);
    }

    [Fact]
    public async Task New_ids_and_time_are_the_same_in_a_replay()
    {
        var flow = Flow<string, string[]>(async (context, _) =>
        {
            var (id, now) = (context.NewId(), context.Now);
            await context.WaitFor<int>("go");
            return [id, $"{now:O}", context.NewId()];
        });
        var seen = new ConcurrentQueue<string>();
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.Restart();
        var result = (await bench.Raise("one", "go", 1)).Output!.Value;
        result[1].GetString().ShouldBe($"{EngineBench.Begin:O}");
        result[0].GetString().ShouldNotBe(result[2].GetString());
    }

    [Fact]
    public async Task What_a_workflow_logs_is_logged_once()
    {
        var flow = Flow<string, string>(async (context, _) =>
        {
            context.Logger.LogInformation("before");
            await context.WaitFor<int>("go");
            context.Logger.LogInformation("after");
            return "";
        });
        var (_, declare) = Declare(flow);
        var lines = new Lines();
        await using var bench = await EngineBench.Start(services =>
        {
            declare(services);
            services.AddSingleton<ILoggerFactory>(new LoggerFactory([lines]));
        });
        await bench.Run(flow, "one", "");
        await bench.Restart();
        await bench.Raise("one", "go", 1);
        lines.Written.ShouldBe(["before", "after"]);
    }

    sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
