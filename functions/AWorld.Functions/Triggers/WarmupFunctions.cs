using AWorld.Functions.Cosmos;
using AWorld.Functions.Http;
using AWorld.Functions.Workflows;
using AWorld.Identity;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Triggers;

/// <summary>Before a new worker gets its first request: the pipeline is built, the store's connections are open and the signing keys are read.</summary>
public sealed class WarmupFunctions(ProductPipeline pipeline, CosmosClients store, SigningKeys keys, DurableConnection durable, ILogger<WarmupFunctions> log)
{
    [Function("Warmup")]
    public async Task Warmup([WarmupTrigger] object warmup, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        try
        {
            await store.Warm(context.CancellationToken);
        }
        catch (Exception failure) when (!context.CancellationToken.IsCancellationRequested)
        {
            log.LogWarning(failure, "Not all connections to the store could be opened; requests open them");
        }
        var published = await keys.Published(context.CancellationToken);
        log.LogInformation("Warm, with {Keys} signing keys and {Pipeline}", published.Count, pipeline.GetType().Name);
    }
}
