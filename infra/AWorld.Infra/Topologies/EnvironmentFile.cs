using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AWorld.Infra.Topologies;

/// <summary>Reads what can be read, and says of each part that cannot where it is.</summary>
sealed class EnvironmentFile
{
    /// <summary>Of a value; no part needs as many.</summary>
    public const int MostCharacters = 500;

    const int MostNameCharacters = 60;
    const string WrongKind = "has a value of the wrong kind";

    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new Choice<Size>(), new Choice<Hosting>() },
    };

    readonly List<string> problems = [];
    readonly HashSet<string> unread = [];
    int lost;

    EnvironmentFile(JsonElement root)
    {
        var type = json.GetTypeInfo(typeof(Environment));
        if (root.ValueKind == JsonValueKind.Object)
        {
            Environment = Parts(root, type, "$").Deserialize<Environment>(json)!;
        }
        else
        {
            Lost("$", WrongKind);
            Environment = new();
            unread.UnionWith(type.Properties.Select(static part => part.Name));
        }
    }

    public Environment Environment { get; }
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Parts of the environment of which not all could be read, as in regions.</summary>
    public IReadOnlySet<string> Unread => unread;

    /// <exception cref="JsonException">It is not JSON.</exception>
    public static EnvironmentFile Parse(string text)
    {
        using var document = JsonDocument.Parse(text, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return new(document.RootElement);
    }

    /// <returns>Null: it is that, or was lost.</returns>
    JsonNode? Read(JsonElement from, JsonTypeInfo type, bool mayBeNull, string path) => (type.Kind, from.ValueKind) switch
    {
        (_, JsonValueKind.Null) => mayBeNull ? null : Lost(path, "is null"),
        (JsonTypeInfoKind.Object, JsonValueKind.Object) => Parts(from, type, path),
        (JsonTypeInfoKind.Enumerable, JsonValueKind.Array) => Items(from, json.GetTypeInfo(type.ElementType!), path),
        (JsonTypeInfoKind.None, _) => Value(from, type, path),
        _ => Lost(path, WrongKind),
    };

    JsonObject Parts(JsonElement from, JsonTypeInfo type, string path)
    {
        var parts = new JsonObject();
        foreach (var property in from.EnumerateObject())
        {
            var (name, before) = (Name(property), lost);
            var place = name.All(char.IsAsciiLetterOrDigit) ? $"{path}.{name}" : $"{path}['{name}']";
            if (type.Properties.FirstOrDefault(one => one.Set is not null && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } part)
            {
                problems.Add($"{place}: is not known");
                continue;
            }
            var value = Read(property.Value, json.GetTypeInfo(part.PropertyType), part.AssociatedParameter?.IsNullable ?? part.IsSetNullable, place);
            if ((value is not null || lost == before) && !parts.TryAdd(part.Name, value))
            {
                Lost(place, "is there twice");
            }
            if (lost > before && type.Type == typeof(Environment))
            {
                unread.Add(part.Name);
            }
        }
        return parts;
    }

    /// <summary>Those of which nothing was lost, so that no check asks for it again.</summary>
    JsonArray Items(JsonElement from, JsonTypeInfo type, string path)
    {
        var items = new JsonArray();
        foreach (var (i, item) in from.EnumerateArray().Index())
        {
            var before = lost;
            var value = Read(item, type, mayBeNull: false, $"{path}[{i}]");
            if (lost == before)
            {
                items.Add(value);
            }
        }
        return items;
    }

    JsonNode? Value(JsonElement from, JsonTypeInfo type, string path)
    {
        try
        {
            if (from.ValueKind == JsonValueKind.String && from.GetString()!.Length is var length and > MostCharacters)
            {
                return Lost(path, $"has {length} characters, and {MostCharacters} are the most");
            }
            return JsonSerializer.SerializeToNode(from.Deserialize(type), type);
        }
        catch (JsonException)
        {
            return Lost(path, WrongKind);
        }
        catch (InvalidOperationException)
        {
            return Lost(path, "is not text: half of a surrogate pair is missing");
        }
    }

    JsonNode? Lost(string path, string why)
    {
        lost++;
        problems.Add($"{path}: {why}");
        return null;
    }

    /// <summary>The start of it, which is enough to find it by.</summary>
    static string Name(JsonProperty property)
    {
        try
        {
            return property.Name.Length > MostNameCharacters ? $"{property.Name[..MostNameCharacters]}…" : property.Name;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    /// <summary>What is none of the choices is left to the checks, which say what there are.</summary>
    sealed class Choice<T> : JsonConverter<T> where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
            reader.Skip();
            return Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(text, ignoreCase: true) : (T)Enum.ToObject(typeof(T), -1);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue($"{value}");
    }
}
