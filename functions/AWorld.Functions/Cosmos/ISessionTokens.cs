using AWorld.Platform;

namespace AWorld.Functions.Cosmos;

/// <summary>
/// How far each partition has been written, shared by all instances, so that whoever reads after a write sees it even
/// when another instance wrote. Losing them costs no data: a read may then miss what another instance has just written.
/// </summary>
public interface ISessionTokens
{
    /// <summary>The token of the partition's last write, or null when there is none of late. Never older than what this instance kept, which its reads would miss.</summary>
    ValueTask<string?> Find(Partition partition);

    /// <summary>Returns once other instances can find it, or cannot for now; never throws. An older token never takes a newer one's place.</summary>
    ValueTask Keep(Partition partition, string token);
}
