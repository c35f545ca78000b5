using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>
/// What came in, by time. Entries that are written at the same time share a document, so an event costs a fraction of
/// one; a day is a partition. Whoever writes an entry waits until it is durable.
/// </summary>
sealed class InboundLog(IDocumentStore store, Ids ids, WorkspaceClocks clocks, IOptions<InboundOptions> options)
{
    const int MostBytes = 1024 * 1024;
    const string Prefix = "inbound-log:";

    /// <summary>The entries of a document, in the order of their numbers.</summary>
    sealed record Sheet(IReadOnlyList<InboundEntry> Entries);

    /// <summary>What entries called their channel before.</summary>
    sealed record OldSheet(IReadOnlyList<OldEntry> Entries);

    sealed record OldEntry(string? Door);

    static IReadOnlyList<InboundEntry> EntriesOf(Document document)
    {
        var entries = Json.Read<Sheet>(document.Body).Entries;
        return entries.All(static entry => entry.Channel is not null)
            ? entries
            : [.. entries.Zip(Json.Read<OldSheet>(document.Body).Entries, static (entry, old) => entry with { Channel = entry.Channel ?? old.Door })];
    }

    sealed class Line
    {
        public List<(InboundEntry Entry, TaskCompletionSource<string> Written)> Waiting { get; set; } = [];
        public bool IsWriting { get; set; }
    }

    readonly ConcurrentDictionary<Tenant, Line> lines = new();
    uint sheets;

    /// <returns>The entry's id.</returns>
    public Task<string> Write(Tenant tenant, InboundEntry entry)
    {
        var line = lines.GetOrAdd(tenant, static _ => new());
        var written = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (line)
        {
            line.Waiting.Add((entry, written));
            if (line.IsWriting)
            {
                return written.Task;
            }
            line.IsWriting = true;
        }
        _ = WriteAll(tenant, line);
        return written.Task;
    }

    async Task WriteAll(Tenant tenant, Line line)
    {
        await Task.Yield();
        while (true)
        {
            List<(InboundEntry Entry, TaskCompletionSource<string> Written)> some;
            lock (line)
            {
                some = line.Waiting;
                line.Waiting = [];
                if (some.Count == 0)
                {
                    line.IsWriting = false;
                    return;
                }
            }
            foreach (var sheet in some.Chunk(options.Value.EntriesPerDocument))
            {
                await WriteSheet(tenant, sheet);
            }
        }
    }

    async Task WriteSheet(Tenant tenant, (InboundEntry Entry, TaskCompletionSource<string> Written)[] some)
    {
        try
        {
            var now = clocks.Now(tenant);
            // Of one millisecond they stay in their order, and those of other nodes apart.
            var name = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():D14}-{Interlocked.Increment(ref sheets):x8}{ids.New()[..6]}");
            InboundEntry[] entries = [.. some.Select((one, index) => one.Entry with { InboundEventId = $"{name}.{index.ToString(CultureInfo.InvariantCulture)}", At = now })];
            var body = Json.Bytes(new Sheet(entries));
            if (body.Length > MostBytes && some.Length > 1)
            {
                await WriteSheet(tenant, some[..(some.Length / 2)]);
                await WriteSheet(tenant, some[(some.Length / 2)..]);
                return;
            }
            var commit = await store.Commit(Partition.Integrations(tenant, DayOf(now)), [Platform.Write.Create(Prefix + name, body, clocks.Real.GetUtcNow() + options.Value.LogKept)], CancellationToken.None);
            if (!commit.Committed)
            {
                throw new InvalidOperationException($"the inbound log could not take {body.Length} bytes: {commit.Status}");
            }
            foreach (var (index, one) in some.Index())
            {
                one.Written.SetResult(entries[index].InboundEventId);
            }
        }
        catch (Exception failure)
        {
            Array.ForEach(some, one => one.Written.TrySetException(failure));
        }
    }

    static string DayOf(DateTimeOffset at) => $"log-{at.UtcDateTime:yyyy-MM-dd}";

    /// <summary>An entry's document and number; null: it is no id of an entry.</summary>
    static (DateTimeOffset At, string Name, int Index)? Parse(string inboundEventId) =>
        inboundEventId.LastIndexOf('.') is > 14 and var dot && inboundEventId[14] == '-'
        && long.TryParse(inboundEventId.AsSpan(0, 14), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253402300800000
        && int.TryParse(inboundEventId.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), inboundEventId[..dot], index)
            : null;

    public static bool IsId(string inboundEventId) => Parse(inboundEventId) is not null;

    public async ValueTask<InboundEntry?> Find(Tenant tenant, string inboundEventId, CancellationToken stop) =>
        Parse(inboundEventId) is var (at, name, index) && await store.Read(Partition.Integrations(tenant, DayOf(at)), Prefix + name, stop) is { } document
        && EntriesOf(document) is var entries && index < entries.Count ? entries[index] : null;

    /// <summary>A page of entries by time.</summary>
    /// <param name="after">The id of the entry where the page before ended, or where it gave up looking.</param>
    /// <returns>Where to go on; null: nothing is left.</returns>
    public async ValueTask<(List<InboundEntry> Entries, string? Next)> Page(Tenant tenant, InboundFilter filter, bool descending, string? after, int limit, CancellationToken stop)
    {
        var found = new List<InboundEntry>();
        var (from, to) = Bounds(tenant, filter);
        var start = after is null ? null : Parse(after);
        var looked = 0;
        var (first, last) = (DayOf(from), DayOf(to));
        for (var at = start?.At ?? (descending ? to : from); string.CompareOrdinal(DayOf(at), first) >= 0 && string.CompareOrdinal(DayOf(at), last) <= 0; at = at.AddDays(descending ? -1 : 1))
        {
            string? continuation = null;
            var bound = start is { } begun && DayOf(begun.At) == DayOf(at) ? Prefix + begun.Name : null;
            do
            {
                // No name continues with a space, so the bound's own document is in it.
                var query = new DocumentQuery(descending || bound is null ? Prefix : bound, descending && bound is not null ? bound + " " : Prefix + "~", descending, DocumentsAtOnce, continuation);
                var page = await store.Query(Partition.Integrations(tenant, DayOf(at)), query, stop);
                foreach (var document in page.Items)
                {
                    looked++;
                    var entries = EntriesOf(document);
                    foreach (var entry in descending ? entries.Reverse() : entries)
                    {
                        if (!IsAfter(entry, after, descending) || !filter.Fits(entry, from, to))
                        {
                            continue;
                        }
                        found.Add(entry);
                        if (found.Count > limit)
                        {
                            return (found[..limit], found[limit - 1].InboundEventId);
                        }
                    }
                    if (looked >= DocumentsPerPage)
                    {
                        return (found, entries[descending ? 0 : ^1].InboundEventId);
                    }
                }
                continuation = page.Continuation;
            }
            while (continuation is not null);
        }
        return (found, null);
    }

    /// <summary>Takes the content of every entry that names somebody out of a bounded part of the log.</summary>
    /// <param name="names">Whether a text, as a whole, is a name of theirs.</param>
    /// <param name="from">Where to go on; null: at the oldest.</param>
    public async ValueTask<(int Stripped, string? Next)> Strip(Tenant tenant, Func<string?, bool> names, string? from, CancellationToken stop)
    {
        var (oldest, latest) = Bounds(tenant, new());
        var (stripped, looked) = (0, 0);
        var start = from is null ? null : Parse(from);
        for (var at = start?.At ?? oldest; string.CompareOrdinal(DayOf(at), DayOf(latest)) <= 0; at = at.AddDays(1))
        {
            string? continuation = null;
            do
            {
                var bound = start is { } begun && DayOf(begun.At) == DayOf(at) ? Prefix + begun.Name : Prefix;
                var page = await store.Query(Partition.Integrations(tenant, DayOf(at)), new DocumentQuery(bound, Prefix + "~", false, DocumentsAtOnce, continuation), stop);
                foreach (var document in page.Items)
                {
                    if (++looked > DocumentsPerPage)
                    {
                        return (stripped, $"{document.Id[Prefix.Length..]}.0");
                    }
                    stripped += await Strip(tenant, DayOf(at), document, names, stop);
                }
                continuation = page.Continuation;
            }
            while (continuation is not null);
        }
        return (stripped, null);
    }

    async ValueTask<int> Strip(Tenant tenant, string day, Document? document, Func<string?, bool> names, CancellationToken stop)
    {
        var partition = Partition.Integrations(tenant, day);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (document is null)
            {
                return 0;
            }
            var entries = EntriesOf(document);
            var of = entries.Where(entry => Names(entry, names)).Select(static entry => entry.InboundEventId).ToHashSet(StringComparer.Ordinal);
            if (of.Count == 0)
            {
                return 0;
            }
            var left = entries.Select(entry => of.Contains(entry.InboundEventId) ? entry with { Data = null, Subject = null, Reason = null, Problems = null } : entry);
            if ((await store.Commit(partition, [Platform.Write.Replace(document.Id, Json.Bytes(new Sheet([.. left])), document.ETag, document.ExpiresAt)], stop)).Committed)
            {
                return of.Count;
            }
            // Another user of the same document is being erased, or its time is over.
            document = await store.Read(partition, document.Id, stop);
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    static bool Names(InboundEntry entry, Func<string?, bool> names) => names(entry.UserId) || names(entry.Subject) || entry.Data is { } data && Names(data, names);

    static bool Names(JsonElement json, Func<string?, bool> names) => json.ValueKind switch
    {
        JsonValueKind.String => names(json.GetString()),
        JsonValueKind.Array => json.EnumerateArray().Any(item => Names(item, names)),
        JsonValueKind.Object => json.EnumerateObject().Any(member => Names(member.Value, names)),
        _ => false,
    };

    const int Attempts = 16;
    const int DocumentsAtOnce = 20, DocumentsPerPage = 200;

    (DateTimeOffset From, DateTimeOffset To) Bounds(Tenant tenant, InboundFilter filter)
    {
        var now = clocks.Now(tenant);
        var (oldest, latest) = (now - options.Value.LogKept - TimeSpan.FromDays(1), now + TimeSpan.FromDays(1));
        return (filter.From is { } from && from > oldest ? from : oldest, filter.To is { } to && to < latest ? to : latest);
    }

    static bool IsAfter(InboundEntry entry, string? after, bool descending)
    {
        if (after is null || Parse(after) is not var (_, name, index) || Parse(entry.InboundEventId) is not var (_, own, number))
        {
            return true;
        }
        var order = string.CompareOrdinal(own, name) is not 0 and var other ? other : number.CompareTo(index);
        return descending ? order < 0 : order > 0;
    }
}
