using AWorld.Embedded.Storage;
using AWorld.Embedded.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using AWorld.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>The engine over a real database, without the rest of the host; stopped and started again at will.</summary>
sealed class EngineBench : IAsyncDisposable
{
    public static readonly Tenant Tenant = new("homeacct01", "workspace1");
    public static readonly DateTimeOffset Begin = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);

    readonly string folder = Directory.CreateTempSubdirectory("aworld-flows-").FullName;
    readonly Action<IServiceCollection> declare;
    ServiceProvider? services;

    EngineBench(Action<IServiceCollection> declare, WorkflowsOptions options) => (this.declare, Options) = (declare, options);

    public string Folder => folder;
    public FakeClock Clock { get; } = new(Begin);
    public WorkflowsOptions Options { get; set; }
    public WorkflowEngine Engine => services!.GetRequiredService<WorkflowEngine>();
    public IWorkflowClient Client => services!.GetRequiredService<IWorkflowClient>();
    public WorkspaceClocks Clocks => services!.GetRequiredService<WorkspaceClocks>();
    public IDocumentStore Store => services!.GetRequiredService<IDocumentStore>();

    public static async Task<EngineBench> Start(Action<IServiceCollection> declare, WorkflowsOptions? options = null)
    {
        var bench = new EngineBench(declare, options ?? new());
        await bench.Start();
        return bench;
    }

    public async Task Start(Action<IServiceCollection>? declareOtherwise = null)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddSingleton<WorkspaceClocks>();
        collection.AddSingleton<ILoggerFactory, NullLoggerFactory>();
        collection.AddSingleton(_ => new SqliteDocumentStore(folder, new(), Clock));
        collection.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<SqliteDocumentStore>());
        collection.AddSingleton(Microsoft.Extensions.Options.Options.Create(Options));
        collection.AddSingleton<WorkflowRegistry>();
        collection.AddSingleton<WorkflowEngine>();
        collection.AddSingleton<IWorkflowClient, WorkflowClient>();
        (declareOtherwise ?? declare)(collection);
        services = collection.BuildServiceProvider();
        await Engine.StartAsync(default);
    }

    public async Task Stop()
    {
        if (services is not null)
        {
            await Engine.StopAsync(default);
            await services.DisposeAsync();
            services = null;
        }
    }

    public async Task Restart(Action<IServiceCollection>? declareOtherwise = null)
    {
        await Stop();
        await Start(declareOtherwise);
    }

    /// <summary>Lets time pass, stopping wherever a workflow wakes.</summary>
    public Task Pass(TimeSpan time) => Engine.Pass(Clock, time);

    public async Task<WorkflowInstance> Run<TIn, TOut>(Workflow<TIn, TOut> workflow, string id, TIn input)
    {
        var started = await Client.Start(workflow, Tenant, id, input, default);
        started.Succeeded.ShouldBeTrue(started.Error?.Message);
        return await Now(id);
    }

    /// <summary>The instance once nothing moves any more.</summary>
    public async Task<WorkflowInstance> Now(string id)
    {
        await Engine.Idle();
        return (await Client.Get(Tenant, id, default)).Value;
    }

    public async Task<WorkflowInstance> Raise<T>(string id, string name, T value)
    {
        var raised = await Client.Raise(Tenant, id, name, value, default);
        raised.Succeeded.ShouldBeTrue(raised.Error?.Message);
        return await Now(id);
    }

    public async Task<IReadOnlyList<WorkflowEvent>> History(string id)
    {
        var all = new List<WorkflowEvent>();
        for (string? continuation = null; ;)
        {
            var page = (await Client.History(Tenant, id, continuation, default)).Value;
            all.AddRange(page.Items);
            if ((continuation = page.Continuation) is null)
            {
                return all;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(folder, recursive: true);
    }
}
