using AWorld.Platform;

namespace AWorld.Game;

/// <summary>
/// Ids of what a journal entry holds: 8 characters of the entry's sequence number, then 13 derived from the rest.
/// So they are the same each time they are computed, they sort by age within a user, and the entry is found
/// without an index.
/// </summary>
public static class JournalIds
{
    /// <summary>In ASCII order, so that ids compare as their numbers do.</summary>
    const string Alphabet = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    const int SequenceLength = 8;

    public static string Make(Tenant tenant, string userId, long seq, string what, int index = 0) =>
        string.Create(Ids.Length, (seq, Ids.Derive(tenant.AccountId, tenant.WorkspaceId, userId, seq.ToString(System.Globalization.CultureInfo.InvariantCulture), what, index.ToString(System.Globalization.CultureInfo.InvariantCulture))),
            static (id, from) =>
            {
                var rest = from.seq;
                for (var i = SequenceLength - 1; i >= 0; i--)
                {
                    id[i] = Alphabet[(int)(rest & 63)];
                    rest >>= 6;
                }
                from.Item2.AsSpan(0, Ids.Length - SequenceLength).CopyTo(id[SequenceLength..]);
            });

    /// <summary>The ids of one entry, one after the other.</summary>
    internal sealed class Series(Tenant tenant, string userId, long seq)
    {
        readonly string first = Make(tenant, userId, seq, "entry");
        int made;

        public string Next() => string.Create(Ids.Length, (first, Number: made++), static (id, from) =>
        {
            from.first.CopyTo(id);
            id[^2] = Alphabet[from.Number >> 6 & 63];
            id[^1] = Alphabet[from.Number & 63];
        });
    }

    /// <summary>The sequence number an id names; whether the entry really holds it only the entry tells.</summary>
    public static bool TrySequence(string id, out long seq)
    {
        seq = 0;
        if (id.Length != Ids.Length)
        {
            return false;
        }
        foreach (var c in id.AsSpan(0, SequenceLength))
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }
            seq = (seq << 6) | (uint)digit;
        }
        return seq > 0;
    }
}
