using System.ComponentModel.DataAnnotations;
using AWorld.Platform;
using Azure.Core;
using Azure.Storage;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Blob;

/// <summary>Section <c>AWorld:Blob</c>: the storage account of media. Its identity needs the role Storage Blob Data Contributor there, which also lets it sign addresses.</summary>
public sealed class BlobOptions : IValidatableObject
{
    public const string Section = "AWorld:Blob";

    /// <summary>Of the account's blobs, as clients reach it.</summary>
    [Required, Https]
    public Uri Endpoint { get; set; } = null!;

    [Required, RegularExpression("^[a-z0-9](-?[a-z0-9]){2,62}$")]
    public string Container { get; set; } = "media";

    /// <summary>Of an emulator on this machine, whose container is made when it is missing; anything else is reached by managed identity.</summary>
    public string? Key { get; set; }

    /// <summary>Tries, as long as the service is busy or failing.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 3;

    /// <summary>The wait before the second of them; before each further one it is twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a try may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Key) && Endpoint is { IsLoopback: false })
        {
            yield return new("is for emulators on this machine; give the app's identity a role instead", [nameof(Key)]);
        }
    }

    internal BlobClientOptions Client() => new()
    {
        Retry = { Mode = RetryMode.Exponential, MaxRetries = Attempts - 1, Delay = RetryAfter, NetworkTimeout = Timeout },
    };
}

static class BlobServices
{
    public static IServiceCollection AddBlobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<BlobOptions>(configuration, BlobOptions.Section);
        return services.AddSingleton<IMediaStore>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<BlobOptions>>().Value;
            var service = string.IsNullOrEmpty(options.Key) ? new BlobServiceClient(options.Endpoint, provider.GetRequiredService<TokenCredential>(), options.Client())
                : new BlobServiceClient(options.Endpoint, new StorageSharedKeyCredential(new BlobUriBuilder(options.Endpoint).AccountName, options.Key), options.Client());
            return new BlobMedia(service, options.Container, provider.GetRequiredService<TimeProvider>());
        });
    }
}
