using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AWorld.Platform;

/// <summary>SNAKE_UPPER for every enum that does not say otherwise; a converter named by the enum's own attribute is left to it.</summary>
sealed class EnumConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum && !typeToConvert.IsDefined(typeof(JsonConverterAttribute), inherit: false);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(SnakeUpperEnumConverter<>).MakeGenericType(typeToConvert))!;
}

public sealed class SnakeUpperEnumConverter<T>() : NamedEnumConverter<T>(JsonNamingPolicy.SnakeCaseUpper.ConvertName) where T : struct, Enum;

public sealed class CamelEnumConverter<T>() : NamedEnumConverter<T>(JsonNamingPolicy.CamelCase.ConvertName) where T : struct, Enum;

/// <summary>An enum in JSON exactly as its members are spelt.</summary>
public sealed class SpeltEnumConverter<T>() : NamedEnumConverter<T>(static name => name) where T : struct, Enum;

/// <summary>Takes the exact names only: no numbers, no other case, no lists, all of which the framework's own lets through.</summary>
public abstract class NamedEnumConverter<T>(Func<string, string> wireName) : JsonConverter<T> where T : struct, Enum
{
    readonly FrozenDictionary<string, T> values = Enum.GetValues<T>().ToFrozenDictionary(value => wireName(value.ToString()), StringComparer.Ordinal);
    readonly FrozenDictionary<T, JsonEncodedText> names = Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonEncodedText.Encode(wireName(value.ToString())));

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Find(reader.TokenType == JsonTokenType.String ? reader.GetString() : null);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(names[value]);

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Find(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(names[value]);

    T Find(string? name) => name is not null && values.TryGetValue(name, out var value)
        ? value
        : throw new JsonException($"must be one of {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}");
}
