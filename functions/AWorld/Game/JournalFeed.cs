using System.Globalization;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>Where a change of the players container is a new journal entry: whose, and which.</summary>
public readonly record struct JournalChange(Tenant Tenant, string UserId, long Seq)
{
    /// <summary>How the ids of these documents start.</summary>
    public const string IdPrefix = PlayerDocuments.JournalPrefix;

    public static bool TryRead(Change change, out JournalChange found)
    {
        found = default;
        var id = change.Document.Id;
        if (!id.StartsWith(PlayerDocuments.JournalPrefix, StringComparison.Ordinal)
            || !long.TryParse(id.AsSpan(PlayerDocuments.JournalPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return false;
        }
        var partition = change.Partition;
        var userId = partition.Key[(partition.AccountId.Length + partition.WorkspaceId!.Length + 2)..];
        found = new(new(partition.AccountId, partition.WorkspaceId), userId, seq);
        return true;
    }

    public static JournalEntry Entry(Change change) => GameJson.Read<JournalEntry>(change.Document.Body);
}
