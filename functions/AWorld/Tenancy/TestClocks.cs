using AWorld.Platform;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

/// <summary>
/// How far development workspaces moved their clocks, as it is stored: known before the first request, and followed
/// where other nodes move them too.
/// </summary>
sealed class TestClocks(
    IDocumentStore store, WorkspaceClocks clocks, IServiceProvider services, IOptions<SnapshotOptions> options, ILogger<TestClocks> log) : BackgroundService, IHostedLifecycleService
{
    const string Prefix = "test-clock:";

    sealed record Moved(Tenant Tenant, TimeSpan Ahead);

    /// <summary>All of them, so that a start finds them without asking every tenant.</summary>
    public static Partition Home => Partition.Platform(Partition.PlatformAccount);

    /// <summary>How far the workspace's clock is ahead, with the version to replace; null: it was never moved.</summary>
    public async ValueTask<(TimeSpan Ahead, string? ETag)> Read(Tenant tenant, CancellationToken stop) =>
        await store.Read(Home, IdOf(tenant), stop) is { } document ? (Json.Read<Moved>(document.Body).Ahead, document.ETag) : default;

    public static void Save(Batch batch, Tenant tenant, TimeSpan ahead, string? etag)
    {
        var moved = new Moved(tenant, ahead);
        if (etag is null)
        {
            batch.Create(IdOf(tenant), moved);
        }
        else
        {
            batch.Replace(IdOf(tenant), moved, etag);
        }
    }

    /// <summary>After a save: makes the stored time the workspace's and tells who waits for it.</summary>
    public async ValueTask Follow(Tenant tenant, CancellationToken stop)
    {
        clocks.Move(tenant, (await Read(tenant, stop)).Ahead);
        await Tell(tenant, stop);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Load(cancellationToken);

    /// <summary>A process may have died between moving a clock and telling of it.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in clocks.Moved)
        {
            await Tell(tenant, cancellationToken);
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.CheckEvery == TimeSpan.Zero)
        {
            return;
        }
        using var timer = new PeriodicTimer(options.Value.CheckEvery, clocks.Real);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Load(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "Test clocks could not be read; trying again");
            }
        }
    }

    async Task Load(CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await store.Query(Home, DocumentQuery.Prefix(Prefix, continuation: continuation), stop);
            foreach (var moved in page.Items.Select(document => Json.Read<Moved>(document.Body)))
            {
                clocks.Move(moved.Tenant, moved.Ahead);
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    async ValueTask Tell(Tenant tenant, CancellationToken stop)
    {
        foreach (var observer in services.GetServices<IClockObserver>())
        {
            try
            {
                await observer.Moved(tenant, clocks.Now(tenant), stop);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The clock has moved; whoever missed it is told again by the next move or start.
                log.LogError(failure, "{Observer} failed when the clock of {Tenant} was moved", observer.GetType().Name, tenant);
            }
        }
    }

    static string IdOf(Tenant tenant) => $"{Prefix}{tenant.AccountId}:{tenant.WorkspaceId}";
}
