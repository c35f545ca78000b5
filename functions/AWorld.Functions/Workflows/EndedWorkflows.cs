using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Workflows;

/// <summary>Removes what ended long ago from the task hub, which keeps everything for ever by itself.</summary>
sealed class EndedWorkflows(DurableConnection connection, TimeProvider clock, IOptions<AzureOptions> options)
{
    public static readonly TimeSpan Every = TimeSpan.FromDays(1);

    public async Task Purge(CancellationToken stop)
    {
        var filter = new PurgeInstancesFilter(
            DateTimeOffset.UnixEpoch, clock.GetUtcNow() - options.Value.WorkflowsKept, [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]);
        await (await connection.Client(stop)).PurgeAllInstancesAsync(filter, null, stop);
    }
}
