using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Workflows;

/// <summary>The host's client for orchestrations, which it only gives with an invocation: each function hands on what it was given.</summary>
public sealed class DurableConnection
{
    readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile DurableTaskClient? client;

    public void Use(DurableTaskClient given)
    {
        client = given;
        first.TrySetResult();
    }

    /// <summary>Waits for the first invocation when nothing has been invoked yet.</summary>
    public async ValueTask<DurableTaskClient> Client(CancellationToken stop)
    {
        await first.Task.WaitAsync(stop);
        return client!;
    }
}

static class DurableServices
{
    public static void AddDurableWorkflows(this IServiceCollection services)
    {
        services.AddSingleton<DurableConnection>();
        services.AddSingleton<IWorkflowClient, DurableWorkflows>();
        services.AddSingleton<EndedWorkflows>();
        services.AddUpkeep<EndedWorkflows>("EndedWorkflows", static _ => EndedWorkflows.Every, static ended => ended.Purge);
    }
}
