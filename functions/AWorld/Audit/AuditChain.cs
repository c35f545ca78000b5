using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Audit;

/// <summary>How far a chain goes.</summary>
/// <param name="Broken">Where and how it is broken first; null: it is whole.</param>
public sealed record VerifiedChain(Partition Partition, long Links, long Records, string LastHash, string? Broken);

/// <summary>The links of a chain: made so that none can be changed, removed or put in without the next one telling.</summary>
public static class AuditChain
{
    /// <summary>Of what happened in an account but in no workspace of it.</summary>
    public const string AccountWide = "_account_";

    public static Partition Of(Tenant tenant, DateOnly day) =>
        Partition.Audit(tenant.WorkspaceId.Length == 0 ? tenant with { WorkspaceId = AccountWide } : tenant, day);

    public static string Id(long seq) => seq.ToString("D10", CultureInfo.InvariantCulture);

    internal static AuditLink Next(Partition partition, (long Seq, string Hash) last, IReadOnlyList<AuditRecord> records, int lost)
    {
        var link = new AuditLink(last.Seq + 1, last.Hash, lost, records, "");
        return link with { Hash = Hash(partition, link) };
    }

    /// <summary>The end of a chain as it is stored.</summary>
    internal static async ValueTask<(long Seq, string Hash)> Last(IDocumentStore store, Partition partition, CancellationToken stop) =>
        (await store.Query(partition, new(Descending: true, Limit: 1), stop)).Items is [var last] && Json.Read<AuditLink>(last.Body) is var link ? (link.Seq, link.Hash) : (0, "");

    /// <summary>Every chain there is, each checked from its first link to its last.</summary>
    public static async IAsyncEnumerable<VerifiedChain> VerifyAll(IDocumentStore store, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var partitions = new SortedDictionary<string, Partition>(StringComparer.Ordinal);
        ChangePage page;
        var cursor = "";
        do
        {
            page = await store.Changes(Container.Audit, cursor, StoreLimits.PageItems, stop);
            foreach (var change in page.Items)
            {
                partitions.TryAdd(change.Partition.Key, change.Partition);
            }
            cursor = page.Cursor;
        }
        while (page.More);
        foreach (var partition in partitions.Values)
        {
            yield return await Verify(store, partition, stop);
        }
    }

    public static async ValueTask<VerifiedChain> Verify(IDocumentStore store, Partition partition, CancellationToken stop)
    {
        var chain = new VerifiedChain(partition, 0, 0, "", null);
        string? continuation = null;
        do
        {
            var page = await store.Query(partition, new(Limit: 100, Continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                var link = Read(document.Body);
                if (link is null || Broken(partition, chain, document.Id, link) is { })
                {
                    return chain with { Broken = link is null ? $"link {document.Id} cannot be read: it was changed" : Broken(partition, chain, document.Id, link) };
                }
                chain = chain with { Links = link.Seq, Records = chain.Records + link.Records.Count, LastHash = link.Hash };
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return chain;
    }

    static string? Broken(Partition partition, VerifiedChain before, string id, AuditLink link) =>
        id != Id(before.Links + 1) ? $"link {Id(before.Links + 1)} is missing; {id} follows"
        : id != Id(link.Seq) || Hash(partition, link) != link.Hash ? $"link {id} was changed: its content does not give its hash"
        : link.Previous != before.LastHash ? $"link {id} does not continue the one before it: that one was replaced"
        : null;

    static AuditLink? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return Json.Read<AuditLink>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Hash(Partition partition, AuditLink link)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{partition.Key}\n{link.Seq}\n{link.Previous}\n{link.Lost}\n")));
        hash.AppendData(Json.Bytes(link.Records));
        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }
}
