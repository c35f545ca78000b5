using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AWorld.Infra.Topologies;

/// <summary>What an operator writes: environments/{stack}.json. Nothing in it is secret.</summary>
sealed record Environment
{
    /// <summary>First part of every name. Storage accounts, vaults and others are unique in all of Azure by it.</summary>
    public string Project { get; init; } = "";
    public Size? Size { get; init; }
    public Hosting Hosting { get; init; }

    /// <summary>The region of the resource group of what belongs to no cell: Front Door, DNS zones, alerts. Azure can never change it.</summary>
    public string Location { get; init; } = "";

    /// <summary>DNS zones that the environment owns.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>The first is home to every account that no cell names, and so in the first cell.</summary>
    public IReadOnlyList<RegionUse> Regions { get; init; } = [];
    public IReadOnlyList<CellUse> Cells { get; init; } = [];

    /// <summary>Owns each cell's first account and invites others: an e-mail address.</summary>
    public string Owner { get; init; } = "";
    public Receivers Alerts { get; init; } = new();

    /// <summary>Alerts come at 80 and 100 % of it; in the subscription's currency.</summary>
    public int MonthlyBudget { get; init; }

    /// <summary>While Front Door is out: names lead to Traffic Manager and apps answer anybody.</summary>
    public bool BreakGlass { get; init; }

    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new Choice<Size>(), new Choice<Hosting>() },
    };

    /// <summary>What is none of the choices is left to the checks, which say all that is wrong at once.</summary>
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

    /// <summary>Reads what can be read, and says of each part that cannot where it is.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static (Environment Environment, IReadOnlyList<string> Unread) Parse(string text)
    {
        var root = JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var unread = new List<string>();
        Nothings(root, "$", unread);
        while (true)
        {
            try
            {
                return (root.Deserialize<Environment>(json) ?? new(), unread);
            }
            catch (JsonException wrong)
            {
                unread.Add($"{wrong.Path}: {(wrong.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "is not known" : "has a value of the wrong kind")}");
                if (!Remove(root, wrong.Path))
                {
                    return (new(), unread);
                }
            }
        }
    }

    /// <summary>Takes null out of lists, where a reader would not mind it.</summary>
    static void Nothings(JsonNode? node, string path, List<string> unread)
    {
        if (node is JsonArray list)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (list[i] is null)
                {
                    unread.Add($"{path}[{i}]: is null");
                    list.RemoveAt(i);
                }
                else
                {
                    Nothings(list[i], $"{path}[{i}]", unread);
                }
            }
        }
        else if (node is JsonObject parts)
        {
            foreach (var (name, part) in parts)
            {
                Nothings(part, $"{path}.{name}", unread);
            }
        }
    }

    static bool Remove(JsonNode? root, string? path)
    {
        var steps = path?.Split(['.', '[', ']', '\''], StringSplitOptions.RemoveEmptyEntries)[1..] ?? [];
        var node = root;
        for (var i = 0; i < steps.Length; i++)
        {
            var last = i == steps.Length - 1;
            switch (node)
            {
                case JsonObject parts when last:
                    return parts.Remove(steps[i]);
                case JsonObject parts:
                    node = parts[steps[i]];
                    break;
                case JsonArray list when int.TryParse(steps[i], out var at) && at < list.Count:
                    if (last)
                    {
                        list.RemoveAt(at);
                        return true;
                    }
                    node = list[at];
                    break;
                default:
                    return false;
            }
        }
        return false;
    }
}

enum Size { Small, Medium, Large }

enum Hosting { FlexConsumption, ElasticPremium }

/// <param name="Name">As Azure writes it: westeurope.</param>
/// <param name="Cell">The cell whose data it holds.</param>
/// <param name="Draining">Gets no requests, and may be removed.</param>
/// <param name="RecoverVault">The region was removed within the last 90 days, in which its vault can only be taken back.</param>
sealed record RegionUse(string Name = "", string Cell = "", bool Draining = false, bool RecoverVault = false);

/// <param name="Location">The region of what is the cell's and no stamp's: vault, media, logs, and the resource group of its Cosmos account. Azure can never change it.</param>
/// <param name="Accounts">Bound to the cell: their data never leaves its regions.</param>
/// <param name="Residency">The geography that all its regions must lie in, as in Europe; null: any.</param>
/// <param name="Mail">Sends to the users of its accounts.</param>
/// <param name="Origins">Of web pages that may call its API and put media from a browser, as in https://app.example.com.</param>
sealed record CellUse(string Name = "", string Location = "", string Domain = "", IReadOnlyList<string>? Accounts = null, string? Residency = null, Sender? Mail = null, IReadOnlyList<string>? Origins = null)
{
    public IReadOnlyList<string> Origins { get; init; } = Origins ?? [];
    public IReadOnlyList<string> Accounts { get; init; } = Accounts ?? [];
}

/// <summary>A Communication Services resource with a verified domain; it is made by hand, since verifying is.</summary>
/// <param name="Resource">Its id, for the right to send.</param>
/// <param name="Endpoint">https://NAME.LOCATION.communication.azure.com; the location is where it keeps its data.</param>
sealed record Sender(string Resource = "", Uri? Endpoint = null, string From = "")
{
    /// <summary>As in europe; null: the endpoint names none.</summary>
    public string? Location => Endpoint is { IsAbsoluteUri: true, Scheme: "https" } && Endpoint.Host.Split('.') is [_, var location, "communication", "azure", "com"] ? location : null;
}

sealed record Receivers
{
    public IReadOnlyList<string> Emails { get; init; } = [];
    public IReadOnlyList<Uri> Webhooks { get; init; } = [];
}
