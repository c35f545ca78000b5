namespace AWorld.Platform;

/// <summary>
/// For what there may only be so many of. Each making rewrites one document of the partition, as it was before the
/// count: of two that have counted the same the second fails, and counts again.
/// </summary>
public static class MadeInTurn
{
    const int Attempts = 100;

    /// <summary>Read it before counting, and commit it with what is made.</summary>
    /// <param name="kind">What is counted.</param>
    public static async ValueTask<Write> Turn(this IDocumentStore store, Partition partition, string kind, CancellationToken stop)
    {
        var (id, body) = ($"turn:{kind}", Json.Bytes(new { kind }));
        return await store.Read(partition, id, stop) is { } before ? Write.Replace(id, body, before.ETag) : Write.Create(id, body);
    }

    /// <summary>Makes one more of them when there is room.</summary>
    /// <param name="hasRoom">Counts those that there are.</param>
    /// <param name="made">Documents of ids that nobody else uses.</param>
    /// <returns>False: there are as many as there may be.</returns>
    public static async ValueTask<bool> Make(this IDocumentStore store, Partition partition, string kind, Func<ValueTask<bool>> hasRoom, IReadOnlyList<Write> made, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var turn = await store.Turn(partition, kind, stop);
            if (!await hasRoom())
            {
                return false;
            }
            if ((await store.Commit(partition, [.. made, turn], stop)).Committed)
            {
                return true;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }
}
