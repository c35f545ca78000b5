using System.Diagnostics;
using System.Globalization;
using System.Text;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>The workflows of the crash test: they do something of everything, and what they give depends on their number alone.</summary>
static class CrashFlows
{
    public const int Instances = 100;
    public const int Stages = 5;
    public const int FanOut = 200;
    public const int KeptPerInstance = 1 + 2 * 3;
    public static readonly Tenant Tenant = new("crashacct1", "workspace1");
    public static Partition Kept => Partition.Player(Tenant, "kept");

    public static readonly WorkflowActivity<int, int> Square = new("square", static (_, _, n, _) => Task.FromResult(n * n));

    /// <summary>Leaves a trace for each call: as many as there are calls, however often each was run.</summary>
    public static readonly WorkflowActivity<int, int> Keep = new("keep", static async (services, context, n, stop) =>
    {
        await services.GetRequiredService<IDocumentStore>().Commit(Kept, [Write.Create($"kept-{context.IdempotencyKey}", Json.Bytes(n))], stop);
        return n + 1;
    });

    public static readonly WorkflowActivity<int, int> Flaky = new("flaky", static (_, _, n, _) =>
        Random.Shared.Next(4) == 0 ? Task.FromException<int>(new IOException("lost for a moment")) : Task.FromResult(n));

    public static readonly Workflow<int, int> Ship = new("ship", 1, static async (context, n) =>
    {
        var kept = await context.CallActivity(Keep, n);
        await context.Timer(TimeSpan.FromMilliseconds(20 + n % 50));
        if (n % 10 < 2)
        {
            context.ContinueAsNew(kept);
        }
        return kept;
    });

    public static readonly Workflow<int, string> Order = new("order", 1, static async (context, number) =>
    {
        await Stage(context, 0);
        var kept = await context.CallActivity(Keep, number);
        await Stage(context, 1);
        var squares = await Task.WhenAll(Enumerable.Range(0, FanOut).Select(n => context.CallActivity(Square, number + n)));
        await Stage(context, 2);
        var shipped = await Task.WhenAll(context.CallWorkflow(Ship, number * 10, $"ship-{number}"), context.CallWorkflow(Ship, number * 10));
        await Stage(context, 3);
        var late = await context.WaitFor<int>("never", TimeSpan.FromMilliseconds(30 + number % 40)) is null;
        await Stage(context, 4);
        var flaky = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => context.CallActivity(Flaky, n, new RetryPolicy(100, TimeSpan.FromMilliseconds(5)))));
        return $"{kept} {squares.Sum()} {string.Join(',', shipped)} {late} {flaky.Sum()}";
    });

    static async Task Stage(WorkflowContext context, int stage)
    {
        context.SetStatus(stage);
        await context.WaitFor<int>("go");
    }

    public static void Declare(IServiceCollection services) =>
        services.AddActivity(Square).AddActivity(Keep).AddActivity(Flaky).AddWorkflow(Ship).AddWorkflow(Order);
}

/// <summary>Starts the instances, leads them as far as it is told, and writes down what became of them.</summary>
sealed class CrashDriver(IWorkflowClient client) : BackgroundService
{
    /// <summary>The last stage that may begin.</summary>
    public const string UpTo = "AWORLD_CRASH_STAGE";
    public const string Results = "AWORLD_CRASH_RESULTS";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var upTo = int.Parse(Environment.GetEnvironmentVariable(UpTo)!, CultureInfo.InvariantCulture);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, CrashFlows.Instances).Select(number => Lead(number, upTo, stoppingToken)));
        var results = Environment.GetEnvironmentVariable(Results)!;
        await File.WriteAllLinesAsync(results + ".partial", outcomes, stoppingToken);
        File.Move(results + ".partial", results);
    }

    async Task<string> Lead(int number, int upTo, CancellationToken stop)
    {
        var id = $"order-{number}";
        var instance = (await client.Start(CrashFlows.Order, CrashFlows.Tenant, id, number, stop)).Value;
        for (var told = -1; !instance.HasEnded; instance = (await client.Get(CrashFlows.Tenant, id, stop)).Value)
        {
            if (instance.Status?.GetInt32() is { } stage && stage > told && stage <= upTo)
            {
                await client.Raise(CrashFlows.Tenant, id, "go", stage, stop);
                told = stage;
            }
            await Task.Delay(20, stop);
        }
        return $"{id} {instance.State} {instance.Output} {instance.Failure?.Message}";
    }
}
