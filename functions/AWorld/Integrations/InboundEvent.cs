using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>Something that a system outside says has happened: a CloudEvent 1.0.</summary>
/// <param name="Id">With <paramref name="Source"/> it names the event, for ever.</param>
/// <param name="Time">When it happened.</param>
sealed record InboundEvent(string Id, string Source, string Type, DateTimeOffset? Time, string? Subject, JsonElement Data)
{
    public const int MostCharacters = 512;

    /// <summary>Of its data, as a message of the queue holds them, and far below what a document of the store does.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>Derived from source and id: the same event has the same one wherever it comes in.</summary>
    [JsonIgnore]
    public string Key => KeyOf(Source, Id);

    public static string KeyOf(string source, string id) => Ids.Derive("inbound-event", source, id);

    /// <summary>Of all that it says, whatever the order of properties and however numbers and texts are written.</summary>
    public string ContentHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Type);
        Append(hash, Time is { } time ? Instants.Text(time) : "");
        Append(hash, Subject ?? "");
        Append(hash, Data);
        return Convert.ToBase64String(hash.GetHashAndReset().AsSpan(0, 16));
    }

    static void Append(IncrementalHash hash, string text)
    {
        hash.AppendData(BitConverter.GetBytes(text.Length));
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(text));
    }

    static void Append(IncrementalHash hash, JsonElement json)
    {
        hash.AppendData([(byte)json.ValueKind]);
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject().OrderBy(static member => member.Name, StringComparer.Ordinal))
                {
                    Append(hash, member.Name);
                    Append(hash, member.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Append(hash, item);
                }
                break;
            case JsonValueKind.String:
                Append(hash, json.GetString()!);
                break;
            case JsonValueKind.Number:
                Append(hash, json.TryGetDecimal(out var number) ? (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : json.GetRawText());
                break;
        }
        hash.AppendData([(byte)0xFF]);
    }
}
