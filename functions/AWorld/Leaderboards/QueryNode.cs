using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Leaderboards;

/// <summary>A value of the query and where it stands.</summary>
readonly record struct QueryNode(JsonElement Value, string Path, List<FieldError> Problems)
{
    const int MostNameCharacters = 64;

    public QueryNode? this[string name] =>
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var inner) && inner.ValueKind != JsonValueKind.Null
            ? new(inner, $"{Path}.{name}", Problems) : null;

    public string? Text => Value.ValueKind == JsonValueKind.String ? Value.GetString() : null;

    public List<QueryNode> Items
    {
        get
        {
            var (nodes, path, problems) = (new List<QueryNode>(), Path, Problems);
            if (Value.ValueKind == JsonValueKind.Array)
            {
                nodes.AddRange(Value.EnumerateArray().Select((item, i) => new QueryNode(item, $"{path}[{i}]", problems)));
            }
            return nodes;
        }
    }

    public QueryNode? Need(string name)
    {
        if (this[name] is { } found)
        {
            return found;
        }
        Refuse($"{Path}.{name}", "is required");
        return null;
    }

    /// <summary>A name that the query gives to something of it.</summary>
    public string? NeedName(string name) => Need(name) is { } found ? found.AsName() : null;

    public string? AsName()
    {
        if (Text is { Length: > 0 and <= MostNameCharacters } text)
        {
            return text;
        }
        Refuse($"must be text of 1 to {MostNameCharacters} characters");
        return null;
    }

    /// <summary>The one item of a list.</summary>
    public QueryNode? One(string name)
    {
        if (Need(name) is not { } list)
        {
            return null;
        }
        var items = list.Items;
        if (items.Count == 1)
        {
            return items[0];
        }
        list.Refuse($"must hold exactly one item; {LeaderboardQuery.Supported}");
        return null;
    }

    public void Forbid(string name)
    {
        if (this[name] is { } found)
        {
            found.Refuse($"is not supported; {LeaderboardQuery.Supported}");
        }
    }

    public bool Is(string name, params ReadOnlySpan<string> allowed)
    {
        if (Need(name) is not { } found)
        {
            return false;
        }
        if (found.Text is { } text && allowed.Contains(text))
        {
            return true;
        }
        found.Refuse($"must be {string.Join(" or ", allowed!)}; {LeaderboardQuery.Supported}");
        return false;
    }

    /// <summary>The arguments of a JsonLogic operator, null when this is another expression.</summary>
    public List<QueryNode>? Call(string operation)
    {
        if (Value.ValueKind != JsonValueKind.Object || Value.GetPropertyCount() != 1 || !Value.TryGetProperty(operation, out var arguments))
        {
            return null;
        }
        var node = new QueryNode(arguments, $"{Path}.{operation}", Problems);
        return arguments.ValueKind == JsonValueKind.Array ? node.Items : [node];
    }

    public bool IsVariable(string name) => Call("var") is [var variable, ..] && variable.Text == name;

    public void Refuse(string message) => Refuse(Path, message);

    void Refuse(string path, string message) => Problems.Add(new(path, message));
}
