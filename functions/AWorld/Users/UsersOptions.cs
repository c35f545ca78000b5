using System.ComponentModel.DataAnnotations;

namespace AWorld.Users;

public sealed class UsersOptions
{
    public const string Section = "AWorld:Users";

    /// <summary>Profiles kept in memory; about 1 kB each.</summary>
    [Range(16, 10_000_000)]
    public int CachedProfiles { get; set; } = 20_000;

    /// <summary>How long a request for an erasure waits for its end, which usually takes milliseconds; then it is answered, and the erasure goes on.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:25")]
    public TimeSpan ErasureAwaitedFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often erasures that died half-way are looked for and brought to their end. Longer than one takes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ErasuresResumedEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Users that the only node remembers as active, some 25 bytes each; other nodes would not hear of a change, so there it is none.</summary>
    internal int RememberedActive { get; set; }

    /// <summary>How long another node may still see a profile as it was.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ProfileFreshness { get; set; } = TimeSpan.FromSeconds(5);
}
