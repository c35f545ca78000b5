using System.Text;

namespace AWorld.Functions.Cosmos;

/// <summary>
/// The product's ids as ids of Cosmos items, which allow no <c>/ \ ? #</c> and are part of a URL. A character that is
/// not allowed becomes two: the greatest allowed one before it, and its place after that. So every text has one
/// encoding, and encodings compare as the texts do, byte by byte.
/// </summary>
static class CosmosIds
{
    /// <summary>The longest id of an item, in bytes of UTF-8.</summary>
    public const int ItemBytes = 1023;

    const string Places = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // The leading character stands for the range from first to last, itself included.
    static readonly (char Lead, char First, char Last)[] Ranges =
        [('!', '\0', '!'), ('$', '"', '%'), ('.', '.', '/'), ('>', '>', '?'), ('[', '[', '\\'), ('~', '~', '\x7F')];

    static readonly int[] RangeOf = [.. Enumerable.Range(0, 128).Select(c => Array.FindIndex(Ranges, range => c >= range.First && c <= range.Last))];

    public static string Encode(string id)
    {
        var plain = 0;
        while (plain < id.Length && !IsEncoded(id[plain]))
        {
            plain++;
        }
        if (plain == id.Length)
        {
            return id;
        }
        var encoded = new StringBuilder(id, 0, plain, id.Length + 16);
        foreach (var c in id.AsSpan(plain))
        {
            if (IsEncoded(c))
            {
                var (lead, first, _) = Ranges[RangeOf[c]];
                encoded.Append(lead).Append(Places[c - first]);
            }
            else
            {
                encoded.Append(c);
            }
        }
        return encoded.ToString();
    }

    public static string Decode(string encoded)
    {
        if (encoded.All(static c => !IsEncoded(c)))
        {
            return encoded;
        }
        var id = new StringBuilder(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            id.Append(IsEncoded(encoded[i]) ? (char)(Ranges[RangeOf[encoded[i]]].First + Places.IndexOf(encoded[++i], StringComparison.Ordinal)) : encoded[i]);
        }
        return id.ToString();
    }

    public static bool Fits(string encoded) => Encoding.UTF8.GetByteCount(encoded) <= ItemBytes;

    static bool IsEncoded(char c) => c < 128 && RangeOf[c] >= 0;
}
