using System.Text.Json;
using System.Text.Json.Serialization;

namespace AWorld.Infra.Topologies;

/// <summary>What an operator writes: environments/{stack}.json. Nothing in it is secret.</summary>
sealed record Environment
{
    /// <summary>First part of every name. Storage accounts, vaults and others are unique in all of Azure by it.</summary>
    public string Project { get; init; } = "";
    public Size? Size { get; init; }
    public Hosting Hosting { get; init; }

    /// <summary>DNS zones that the environment owns.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>The first is home to every account that no cell names.</summary>
    public IReadOnlyList<RegionUse> Regions { get; init; } = [];
    public IReadOnlyList<CellUse> Cells { get; init; } = [];
    /// <summary>Owns each cell's first account and invites others: an e-mail address.</summary>
    public string Owner { get; init; } = "";
    public Receivers Alerts { get; init; } = new();

    public Sender? Mail { get; init; }

    /// <summary>Alerts come at 80 and 100 % of it; in the subscription's currency.</summary>
    public int MonthlyBudget { get; init; }

    /// <summary>While Front Door is out: names lead to Traffic Manager and apps answer anybody.</summary>
    public bool BreakGlass { get; init; }

    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
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

    /// <exception cref="JsonException">It is not an environment; the message names the place.</exception>
    public static Environment Parse(string text) => JsonSerializer.Deserialize<Environment>(text, json) ?? throw new JsonException("is empty");
}

enum Size { Small, Medium, Large }

enum Hosting { FlexConsumption, ElasticPremium }

/// <param name="Name">As Azure writes it: westeurope.</param>
/// <param name="Cell">The cell whose data it holds.</param>
/// <param name="Draining">Gets no requests, and may be removed.</param>
sealed record RegionUse(string Name, string Cell, bool Draining = false);

/// <param name="Accounts">Bound to the cell: their data never leaves its regions.</param>
/// <param name="Residency">The geography that all its regions must lie in, as in Europe; null: any.</param>
sealed record CellUse(string Name, string Domain, IReadOnlyList<string>? Accounts = null, string? Residency = null)
{
    public IReadOnlyList<string> Accounts { get; init; } = Accounts ?? [];
}

/// <summary>A Communication Services resource with a verified domain; it is made by hand, since verifying is.</summary>
sealed record Sender(Uri Endpoint, string From);

sealed record Receivers
{
    public IReadOnlyList<string> Emails { get; init; } = [];
    public IReadOnlyList<Uri> Webhooks { get; init; } = [];
}
