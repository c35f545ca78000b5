using System.Text.Json;

namespace AWorld.Embedded;

/// <summary>Reads <c>local.settings.json</c>, the file the Azure host's tools use too: <c>Values</c> with <c>__</c> between levels.</summary>
static class LocalSettings
{
    public const string FileName = "local.settings.json";

    public static IConfigurationBuilder AddLocalSettings(this IConfigurationBuilder configuration, string path = FileName) =>
        File.Exists(path) ? configuration.AddInMemoryCollection(Read(path)) : configuration;

    public static IEnumerable<KeyValuePair<string, string?>> Read(string path)
    {
        using var settings = JsonDocument.Parse(File.ReadAllBytes(path));
        return settings.RootElement.TryGetProperty("Values", out var values)
            ? [.. values.EnumerateObject().Select(value => KeyValuePair.Create(value.Name.Replace("__", ":", StringComparison.Ordinal), (string?)value.Value.ToString()))]
            : [];
    }
}
