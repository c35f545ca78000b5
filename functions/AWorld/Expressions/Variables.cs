using System.Text.Json;

namespace AWorld.Expressions;

/// <summary>
/// What an expression sees, by root name (<c>event</c>, <c>user</c>, ...). A lazy one is made when an expression first
/// asks for it, once, so what no expression reads costs nothing. Not for concurrent use; reuse it for all the
/// expressions of one action.
/// </summary>
public sealed class Variables
{
    struct Entry
    {
        public string Name;
        public JsonElement Value;
        public Func<JsonElement>? Make;
    }

    Entry[] entries = new Entry[4];
    int count;
    JsonElement? all;

    public static Variables None => new();

    /// <summary>Data of any shape; the properties of an object are the roots.</summary>
    public static Variables Of(JsonElement data) => new() { all = data };

    /// <summary>Adds the root or replaces it.</summary>
    public Variables Set(string name, JsonElement value)
    {
        Slot(name) = new Entry { Name = name, Value = value };
        return this;
    }

    public Variables Set(string name, Func<JsonElement> value)
    {
        Slot(name) = new Entry { Name = name, Make = value };
        return this;
    }

    public bool TryGet(string name, out JsonElement value)
    {
        for (var i = 0; i < count; i++)
        {
            ref var entry = ref entries[i];
            if (entry.Name == name)
            {
                if (entry.Make is { } make)
                {
                    entry.Value = make();
                    entry.Make = null;
                }
                value = entry.Value;
                return value.ValueKind != JsonValueKind.Undefined;
            }
        }
        value = default;
        return false;
    }

    /// <summary>All of it as one JSON value: what <c>{"var": ""}</c> is.</summary>
    internal JsonElement All()
    {
        if (all is { } data)
        {
            return data;
        }
        var values = new Dictionary<string, JsonElement>(count);
        for (var i = 0; i < count; i++)
        {
            if (TryGet(entries[i].Name, out var value))
            {
                values[entries[i].Name] = value;
            }
        }
        return JsonSerializer.SerializeToElement(values);
    }

    internal bool IsWhole => all is not null;

    ref Entry Slot(string name)
    {
        for (var i = 0; i < count; i++)
        {
            if (entries[i].Name == name)
            {
                return ref entries[i];
            }
        }
        if (count == entries.Length)
        {
            Array.Resize(ref entries, count * 2);
        }
        return ref entries[count++];
    }
}
