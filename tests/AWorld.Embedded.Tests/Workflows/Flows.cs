using System.Collections.Concurrent;
using System.Text.Json;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>Counts its runs and remembers its keys.</summary>
sealed class Steps
{
    public ConcurrentDictionary<string, int> Runs { get; } = new();
    public ConcurrentQueue<ActivityContext> Contexts { get; } = new();
    public int FailuresLeft { get; set; }
    public TaskCompletionSource? Gate { get; set; }

    public async Task<string> Shout(ActivityContext context, string word, CancellationToken stop)
    {
        Contexts.Enqueue(context);
        Runs.AddOrUpdate(word, 1, static (_, runs) => runs + 1);
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(stop);
        }
        return FailuresLeft-- > 0 ? throw new InvalidOperationException($"no voice for {word}") : word.ToUpperInvariant();
    }
}

/// <summary>What tests of workflows declare.</summary>
static class Flows
{
    public static readonly WorkflowActivity<string, string> Shout = WorkflowActivity.Of<Steps, string, string>("shout", static steps => steps.Shout);

    public static Workflow<TIn, TOut> Flow<TIn, TOut>(Func<WorkflowContext, TIn, Task<TOut>> run, string name = "flow", int version = 1) => new(name, version, run);

    public static (Steps Steps, Action<IServiceCollection> Declare) Declare(params Workflow[] workflows)
    {
        var steps = new Steps();
        return (steps, services =>
        {
            services.AddSingleton(steps).AddActivity(Shout);
            foreach (var workflow in workflows)
            {
                services.AddWorkflow(workflow);
            }
        });
    }

    public static string? Text(WorkflowInstance instance) => instance.Output?.Deserialize<string>();
}
