using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AWorld.Expressions;

/// <summary>The items of a list, whether it lies in JSON or was made.</summary>
struct Items
{
    readonly Value[]? made;
    JsonElement.ArrayEnumerator json;
    int index;

    public Items(Value list)
    {
        made = list.List?.Items;
        json = made is null ? list.Json.EnumerateArray() : default;
        index = -1;
    }

    public readonly Items GetEnumerator() => this;
    public readonly Value Current => made is null ? Value.Of(json.Current) : made[index];
    public bool MoveNext() => made is null ? json.MoveNext() : ++index < made.Length;
}

static class JsonText
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static string Of(in Value value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer, value);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void Write(Utf8JsonWriter writer, in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean:
                writer.WriteBooleanValue(value.IsTruthy);
                break;
            case ValueKind.Number when double.IsFinite(value.Number):
                writer.WriteRawValue(JavaScript.ToText(value.Number), skipInputValidation: true);
                break;
            case ValueKind.Text:
                writer.WriteStringValue(Encoding.UTF8.GetBytes(value.Text));     // replaces lone surrogates
                break;
            case ValueKind.List when value.IsMade:
                writer.WriteStartArray();
                foreach (var item in value.List!.Items)
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            case ValueKind.List or ValueKind.Object:
                writer.WriteRawValue(value.Raw, skipInputValidation: true);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
