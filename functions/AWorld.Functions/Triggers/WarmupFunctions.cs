using AWorld.Functions.Cosmos;
using AWorld.Functions.Http;
using AWorld.Functions.Workflows;
using AWorld.Identity;
using AWorld.Platform;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Triggers;

/// <summary>
/// Before a new worker gets its first request: the pipeline is built and has answered one, the store's connections are open, the signing keys
/// are read, and so is the configuration of workspaces whose users are active.
/// </summary>
public sealed class WarmupFunctions(
    ProductPipeline pipeline, CosmosClients store, SigningKeys keys, Snapshots snapshots, DurableConnection durable, TimeProvider clock, ILogger<WarmupFunctions> log)
{
    static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);
    const int MostWorkspaces = 50, AtOnce = 8;

    [Function("Warmup")]
    public async Task Warmup([WarmupTrigger] object warmup, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        var loaded = 0;
        try
        {
            var active = await store.Warm(clock.GetUtcNow() - Lately, context.CancellationToken);
            await Parallel.ForEachAsync(active.Take(MostWorkspaces), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = context.CancellationToken }, async (tenant, stop) =>
            {
                await snapshots.Get(tenant, stop);
                Interlocked.Increment(ref loaded);
            });
        }
        catch (Exception failure) when (!context.CancellationToken.IsCancellationRequested)
        {
            log.LogWarning(failure, "Not all of the store could be read ahead; requests read it");
        }
        var answered = await Answer(context);
        var published = await keys.Published(context.CancellationToken);
        log.LogInformation("Warm, with {Keys} signing keys and the configuration of {Workspaces} workspaces; the pipeline answered {Status}", published.Count, loaded, answered);
    }

    async Task<int> Answer(FunctionContext context)
    {
        var http = new DefaultHttpContext { RequestServices = context.InstanceServices, RequestAborted = context.CancellationToken };
        (http.Request.Method, http.Request.Scheme, http.Request.Host, http.Request.Path) = (HttpMethods.Get, Uri.UriSchemeHttp, new("localhost"), "/health/live");
        await pipeline.Run(http);
        return http.Response.StatusCode;
    }
}
