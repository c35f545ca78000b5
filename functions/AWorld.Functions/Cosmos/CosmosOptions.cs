using System.ComponentModel.DataAnnotations;
using AWorld.Platform;

namespace AWorld.Functions.Cosmos;

/// <summary>Section <c>AWorld:Cosmos</c>.</summary>
public sealed class CosmosOptions : IValidatableObject
{
    public const string Section = "AWorld:Cosmos";

    /// <summary>The account's document endpoint.</summary>
    [Required, Https]
    public Uri Endpoint { get; set; } = null!;

    /// <summary>Of an emulator; anything else is reached by managed identity.</summary>
    public string? Key { get; set; }

    /// <summary>Make the database and its containers at the start, as an emulator needs. A managed identity may not.</summary>
    public bool CreateContainers { get; set; }

    /// <summary>HTTPS only, as an emulator needs; false: the direct protocol.</summary>
    public bool Gateway { get; set; }

    /// <summary>The account's regions as Azure names them, in the order in which they take over; the first is home to whoever has no other. None: the account's own order.</summary>
    public string[] Regions { get; set; } = [];

    /// <summary>Accounts whose home is another region, as <c>accountId=region</c>.</summary>
    public string[] HomeRegions { get; set; } = [];

    /// <summary>Request units that an account may use a second on one instance; 0: no bound.</summary>
    [Range(0, 1_000_000)]
    public int AccountRequestUnits { get; set; }

    /// <summary>How often the SDK waits as a 429 says, before the caller is told to.</summary>
    [Range(0, 100)]
    public int RateLimitRetries { get; set; } = 5;

    /// <summary>How long it waits in all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RateLimitWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request may take on the wire.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Tries of a call whose answer was lost.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 4;

    /// <summary>The wait before the second of them; before each further one it is longer by as much.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(100);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Key) && Endpoint is { IsLoopback: false })
        {
            yield return new("is for emulators on this machine; give the app's identity a role instead", [nameof(Key)]);
        }
        foreach (var entry in HomeRegions.Where(entry => entry.Length > 0 && !(entry.Split('=', 2) is [_, var region] && Regions.Contains(region))))
        {
            yield return new($"has {entry}, which is not accountId=region with one of AWorld:Cosmos:Regions", [nameof(HomeRegions)]);
        }
        foreach (var twice in HomeRegions.Where(static entry => entry.Length > 0).GroupBy(static entry => entry.Split('=')[0], StringComparer.Ordinal).Where(static account => account.Count() > 1))
        {
            yield return new($"names {twice.Key} more than once", [nameof(HomeRegions)]);
        }
    }
}
