using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using AWorld.Platform;

namespace AWorld.Functions.Cosmos;

/// <summary>
/// A document as Cosmos keeps it. The body is a string, not a part of the item: Cosmos keeps numbers as doubles, and
/// a body must come back to the byte. Large bodies are compressed, since every kilobyte costs request units.
/// </summary>
/// <param name="By">The commit that wrote it, so that a commit whose answer was lost can be recognised.</param>
readonly record struct CosmosItem(Partition Partition, Document Document, string By)
{
    /// <summary>Bodies of more bytes are compressed.</summary>
    public const int PlainBytes = 2048;

    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static MemoryStream Write(Partition partition, in Write write, string by, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Min(write.Body.Length, PlainBytes) * 2 + 512);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, CosmosIds.Encode(write.Id));
            foreach (var (name, part) in CosmosContainers.Of(partition.Container).Keys.Zip(CosmosContainers.Parts(partition)))
            {
                json.WriteString(name, part);
            }
            json.WriteString("by"u8, by);
            if (write.Body.Length <= PlainBytes && Utf8.IsValid(write.Body.Span))
            {
                json.WriteString("body"u8, write.Body.Span);
            }
            else
            {
                json.WriteBase64String("packed"u8, Pack(write.Body.Span));
            }
            if (write.ExpiresAt is { } expiresAt)
            {
                json.WriteNumber("expires"u8, expiresAt.ToUnixTimeMilliseconds());
                // Cosmos counts whole seconds from the write; never earlier than ours, which reads check.
                json.WriteNumber("ttl"u8, (int)Math.Clamp(Math.Ceiling((expiresAt - now).TotalSeconds), 1, int.MaxValue));
            }
            json.WriteEndObject();
        }
        return new(buffer.WrittenSpan.ToArray(), writable: false);
    }

    /// <summary>The one item that is a response's content.</summary>
    public static CosmosItem Read(Container container, Stream content)
    {
        var json = new Utf8JsonReader(Bytes(content));
        json.Read();
        return Read(container, ref json);
    }

    /// <summary>The items of a page of a query or of the change feed.</summary>
    public static List<CosmosItem> ReadPage(Container container, Stream content)
    {
        var items = new List<CosmosItem>();
        var json = new Utf8JsonReader(Bytes(content));
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isPage = json.ValueTextEquals("Documents"u8);
            json.Read();
            if (!isPage)
            {
                json.Skip();
                continue;
            }
            while (json.Read() && json.TokenType == JsonTokenType.StartObject)
            {
                items.Add(Read(container, ref json));
            }
        }
        return items;
    }

    static CosmosItem Read(Container container, ref Utf8JsonReader json)
    {
        var keys = CosmosContainers.Of(container).Keys;
        var parts = new string[keys.Length];
        string id = "", etag = "", by = "";
        ReadOnlyMemory<byte> body = default;
        DateTimeOffset? expiresAt = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var key = -1;
            for (var i = 0; i < keys.Length && key < 0; i++)
            {
                key = json.ValueTextEquals(keys[i]) ? i : -1;
            }
            var name = key >= 0 ? "" : json.GetString();
            json.Read();
            switch (name)
            {
                case "": parts[key] = json.GetString()!; break;
                case "id": id = CosmosIds.Decode(json.GetString()!); break;
                case "by": by = json.GetString()!; break;
                case "_etag": etag = json.GetString()!; break;
                case "body": body = Text(ref json); break;
                case "packed": body = Unpack(json.GetBytesFromBase64()); break;
                case "expires": expiresAt = DateTimeOffset.FromUnixTimeMilliseconds(json.GetInt64()); break;
                default: json.Skip(); break;
            }
        }
        return new(Partition.Parse(container, string.Join('/', parts)), new(id, body, etag, expiresAt), by);
    }

    static ReadOnlySpan<byte> Bytes(Stream content)
    {
        if (content is MemoryStream memory && memory.TryGetBuffer(out var whole))
        {
            return whole;
        }
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.GetBuffer().AsSpan(0, (int)copy.Length);
    }

    static ReadOnlyMemory<byte> Text(ref Utf8JsonReader json)
    {
        var text = new byte[json.ValueSpan.Length];
        return text.AsMemory(0, json.CopyString(text));
    }

    static byte[] Pack(ReadOnlySpan<byte> body)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(body);
        }
        return packed.ToArray();
    }

    static ReadOnlyMemory<byte> Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var body = new MemoryStream(packed.Length * 4);
        brotli.CopyTo(body);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
