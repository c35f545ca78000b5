using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace AWorld.Expressions;

/// <summary>
/// Gives equal JSON the same compiled expression. Bounded by the length of the texts it holds: when the young
/// generation is full it becomes the old one, and what nobody asked for since goes.
/// </summary>
sealed class ExpressionCache
{
    const int MostCharacters = 2 * 1024 * 1024;
    const int MostPerEntry = 256;   // what an entry takes besides its text, in characters

    ConcurrentDictionary<string, Expression> young = new(StringComparer.Ordinal);
    ConcurrentDictionary<string, Expression> old = new(StringComparer.Ordinal);
    int characters;

    public Expression Get(ReadOnlySpan<byte> raw, JsonElement json, Func<string, Expression> make)
    {
        if (raw.Length > ExpressionLimits.SourceBytes)
        {
            return make(Compact(json));
        }
        Span<char> buffer = raw.Length <= 1024 ? stackalloc char[1024] : new char[raw.Length];
        var text = buffer[..Encoding.UTF8.GetChars(raw, buffer)];
        if (young.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var found))
        {
            return found;
        }
        var source = Compact(json);
        if (!young.TryGetValue(source, out found) && !old.TryGetValue(source, out found))
        {
            found = make(source);
        }
        Keep(source, found);
        if (!text.SequenceEqual(source))
        {
            Keep(text.ToString(), found);
        }
        return found;
    }

    void Keep(string text, Expression expression)
    {
        if (young.TryAdd(text, expression) && Interlocked.Add(ref characters, text.Length + MostPerEntry) > MostCharacters)
        {
            characters = 0;
            old = young;
            young = new(StringComparer.Ordinal);
        }
    }

    static string Compact(JsonElement json)
    {
        try
        {
            return JsonSerializer.Serialize(json, Platform.Json.Options);
        }
        catch (Exception invalid) when (invalid is InvalidOperationException or ArgumentException or JsonException)
        {
            throw new JsonException("contains text that is not Unicode", invalid);
        }
    }
}
