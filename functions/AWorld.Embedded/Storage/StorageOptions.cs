using System.ComponentModel.DataAnnotations;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Storage;

/// <summary>Section <c>AWorld:Storage</c>.</summary>
public sealed record StorageOptions
{
    public const string Section = "AWorld:Storage";

    /// <summary>Batches that may wait for the writer; one more is refused with a 503.</summary>
    [Range(1, 1_000_000)]
    public int QueuedBatches { get; init; } = 4096;

    /// <summary>Megabytes that may wait for the writer.</summary>
    [Range(2, 4096)]
    public int QueuedMegabytes { get; init; } = 64;

    /// <summary>Connections for reads.</summary>
    [Range(1, 256)]
    public int Readers { get; init; } = 8;

    /// <summary>Page cache of the writer; each reader has an eighth of it.</summary>
    [Range(1, 4096)]
    public int CacheMegabytes { get; init; } = 32;

    /// <summary>Size of the write-ahead log from which it is copied into the database.</summary>
    [Range(1, 4096)]
    public int CheckpointMegabytes { get; init; } = 64;

    /// <summary>How often expired documents are removed.</summary>
    [Range(1, 86_400)]
    public int SweepSeconds { get; init; } = 60;

    /// <summary>Replaced versions that may wait until nobody writes; beyond it commits take turns with their removal.</summary>
    [Range(0, 100_000_000)]
    public int ReplacedDocuments { get; init; } = 250_000;

    /// <summary>What a caller refused by a full queue is told to wait.</summary>
    [Range(1, 60)]
    public int RetryAfterSeconds { get; init; } = 1;
}

static class StorageServices
{
    /// <param name="folder">Where the database lives.</param>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, IConfiguration configuration, string folder)
    {
        services.AddSettings<StorageOptions>(configuration, StorageOptions.Section);
        services.AddSingleton(provider => new SqliteDocumentStore(folder, provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<SqliteDocumentStore>());
    }
}
