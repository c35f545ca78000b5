using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AWorld.Platform.Ranks;

/// <param name="ReachedAt">Unix milliseconds.</param>
/// <param name="Sequence">Of the last journal entry that was applied.</param>
record struct Member(decimal Score, long ReachedAt, long Sequence);

/// <summary>
/// Members in numbered slots, found by id. Ids are kept as UTF-8 in pages, members in chunks of an array, so that a
/// million of them are a few hundred objects to the garbage collector. A slot is never used again: what is stored
/// of a chunk stays true whichever other chunks were stored with it.
/// </summary>
sealed class MemberTable
{
    const int ChunkSize = 4096;
    const int PageBytes = 1 << 20;
    const int Erased = -1;

    struct Slot
    {
        public Member Member;
        public int IdAt;
        public int Hash;
    }

    readonly List<Slot[]> chunks = [];
    readonly List<bool> changed = [];
    readonly List<byte[]> pages = [];
    int[] buckets = new int[16];
    int pageUsed = PageBytes;
    int used;

    public int Chunks => chunks.Count;
    public int Used => used;
    public bool HasChanged => changed.Contains(true);

    public IEnumerable<int> SlotsOf(int chunk) => Enumerable.Range(chunk * ChunkSize, Math.Min(used - chunk * ChunkSize, ChunkSize));

    public ref Member this[int slot] => ref At(slot).Member;

    public bool IsErased(int slot) => At(slot).IdAt == Erased;

    public string IdOf(int slot) => Encoding.UTF8.GetString(IdBytes(slot));

    /// <summary>-1 when there is none.</summary>
    public int Find(string id)
    {
        Span<byte> buffer = stackalloc byte[512];
        var bytes = Utf8(id, buffer);
        return Find(bytes, Hash(bytes));
    }

    public int Add(string id, Member member)
    {
        Span<byte> buffer = stackalloc byte[512];
        var bytes = Utf8(id, buffer);
        var slot = Append(bytes, member);
        Touch(slot);
        return slot;
    }

    public void Erase(int slot)
    {
        IdBytes(slot).Clear();
        At(slot).IdAt = Erased;
        Touch(slot);
    }

    public void Touch(int slot) => changed[slot / ChunkSize] = true;

    public void MarkChanged(int chunk) => changed[chunk] = true;

    public bool TakeChanged(int chunk)
    {
        var was = changed[chunk];
        changed[chunk] = false;
        return was;
    }

    /// <summary>Order by score, highest first, then by who reached it first, then by id.</summary>
    public int Compare(int left, int right)
    {
        ref var one = ref At(left);
        ref var other = ref At(right);
        var order = other.Member.Score.CompareTo(one.Member.Score);
        if (order == 0)
        {
            order = one.Member.ReachedAt.CompareTo(other.Member.ReachedAt);
        }
        return order != 0 || left == right ? order : IdBytes(left).SequenceCompareTo(IdBytes(right));
    }

    /// <summary>A chunk as JSON: an array of [id, score, reachedAt, sequence], null where a member was erased.</summary>
    public byte[] Write(int chunk)
    {
        using var stream = new MemoryStream(ChunkSize * 56);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("members");
            for (var slot = chunk * ChunkSize; slot < Math.Min(used, (chunk + 1) * ChunkSize); slot++)
            {
                if (IsErased(slot))
                {
                    json.WriteNullValue();
                    continue;
                }
                ref var member = ref this[slot];
                json.WriteStartArray();
                json.WriteStringValue(IdBytes(slot));
                json.WriteNumberValue(member.Score);
                json.WriteNumberValue(member.ReachedAt);
                json.WriteNumberValue(member.Sequence);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>Appends what <see cref="Write"/> wrote.</summary>
    public void Read(ReadOnlySpan<byte> chunk)
    {
        var json = new Utf8JsonReader(chunk);
        while (json.Read() && json.TokenType != JsonTokenType.StartArray)
        {
        }
        Span<byte> buffer = stackalloc byte[512];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                At(Reserve()).IdAt = Erased;
                continue;
            }
            json.Read();
            var id = json.ValueIsEscaped ? Encoding.UTF8.GetBytes(json.GetString()!) : json.ValueSpan;
            json.Read();
            var score = json.GetDecimal();
            json.Read();
            var at = json.GetInt64();
            json.Read();
            var sequence = json.GetInt64();
            json.Read();
            // The member was erased and came back in a later chunk before the earlier one was stored
            if (Find(id, Hash(id)) is >= 0 and var stale)
            {
                Erase(stale);
            }
            Append(id, new(score, at, sequence));
        }
    }

    int Append(ReadOnlySpan<byte> id, Member member)
    {
        var slot = Reserve();
        At(slot) = new() { Member = member, IdAt = Keep(id), Hash = Hash(id) };
        if (used * 10L > buckets.Length * 7L)
        {
            Rehash();
        }
        else
        {
            Link(slot);
        }
        return slot;
    }

    int Reserve()
    {
        if (used == chunks.Count * ChunkSize)
        {
            chunks.Add(new Slot[ChunkSize]);
            changed.Add(false);
        }
        return used++;
    }

    /// <summary>Ids are kept with their length in two bytes before them.</summary>
    int Keep(ReadOnlySpan<byte> id)
    {
        Debug.Assert(id.Length is > 0 and <= ushort.MaxValue);
        if (pageUsed + id.Length + 2 > PageBytes)
        {
            pages.Add(new byte[PageBytes]);
            pageUsed = 0;
        }
        var (page, at) = (pages[^1], pageUsed);
        BitConverter.TryWriteBytes(page.AsSpan(at), (ushort)id.Length);
        id.CopyTo(page.AsSpan(at + 2));
        pageUsed += id.Length + 2;
        return (pages.Count - 1) * PageBytes + at;
    }

    int Find(ReadOnlySpan<byte> id, int hash)
    {
        var mask = buckets.Length - 1;
        for (var at = hash & mask; buckets[at] != 0; at = (at + 1) & mask)
        {
            var slot = buckets[at] - 1;
            ref var entry = ref At(slot);
            if (entry.Hash == hash && entry.IdAt != Erased && IdBytes(slot).SequenceEqual(id))
            {
                return slot;
            }
        }
        return -1;
    }

    void Link(int slot)
    {
        var mask = buckets.Length - 1;
        var at = At(slot).Hash & mask;
        while (buckets[at] != 0)
        {
            at = (at + 1) & mask;
        }
        buckets[at] = slot + 1;
    }

    void Rehash()
    {
        buckets = new int[buckets.Length * 2];
        for (var slot = 0; slot < used; slot++)
        {
            if (!IsErased(slot))
            {
                Link(slot);
            }
        }
    }

    ref Slot At(int slot) => ref chunks[slot / ChunkSize][slot % ChunkSize];

    Span<byte> IdBytes(int slot)
    {
        var at = At(slot).IdAt;
        var (page, offset) = (pages[at / PageBytes], at % PageBytes);
        return page.AsSpan(offset + 2, BitConverter.ToUInt16(page, offset));
    }

    /// <summary>Seeded per process, so that nobody can choose ids that collide.</summary>
    static int Hash(ReadOnlySpan<byte> id)
    {
        var hash = new HashCode();
        hash.AddBytes(id);
        return hash.ToHashCode();
    }

    static ReadOnlySpan<byte> Utf8(string id, Span<byte> buffer) =>
        Encoding.UTF8.TryGetBytes(id, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(id);
}
