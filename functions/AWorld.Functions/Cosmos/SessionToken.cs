using System.Globalization;

namespace AWorld.Functions.Cosmos;

/// <summary>How far a partition was written: range:version#sequence and more. A failover raises the version; the sequence outlives splits.</summary>
static class SessionToken
{
    public static string Newer(string token, string? other) => other is null || At(token).CompareTo(At(other)) >= 0 ? token : other;

    static (long Version, long Sequence) At(string token)
    {
        var parts = token[(token.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('#');
        return parts.Length > 1 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var version)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? (version, sequence) : (-2, -1);
    }
}
