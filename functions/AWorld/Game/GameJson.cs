using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>How the game's documents are written: as all others, but an empty list takes no space.</summary>
public static class GameJson
{
    public static readonly JsonSerializerOptions Options = new(Json.Options)
    {
        TypeInfoResolver = Json.Options.TypeInfoResolver!.WithAddedModifier(SkipEmptyLists),
    };

    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static T Read<T>(ReadOnlyMemory<byte> body) =>
        JsonSerializer.Deserialize<T>(body.Span, Options) ?? throw new JsonException("null where a document was expected");

    static void SkipEmptyLists(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)))
            {
                property.ShouldSerialize = static (_, value) => value is IEnumerable list and not ICollection { Count: 0 };
            }
        }
    }
}
