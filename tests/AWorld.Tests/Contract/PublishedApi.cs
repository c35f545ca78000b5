using System.Text.Json;
using AWorld.Authorization;

namespace AWorld.Tests.Contract;

sealed record PublishedOperation(ApiContext Context, string Id, string Method, string Path, JsonElement Request, IReadOnlyDictionary<int, JsonElement> Responses, IReadOnlyList<string> Parameters, JsonSchema Schema)
{
    public string Key => $"{Context} {Id}";
    public int Success => Responses.Keys.First(status => status is >= 200 and < 300);
}

/// <summary>AWorld's API as published; where it lies, the environment says.</summary>
static class PublishedApi
{
    public static IReadOnlyDictionary<string, PublishedOperation> Load()
    {
        if (Find() is { } found)
        {
            return found;
        }
        Assert.Skip("AWORLD_FIXTURES names no folder with aworld-api/app.json and dashboard.json");
        throw new InvalidOperationException("skipped");
    }

    public static IReadOnlyDictionary<string, PublishedOperation>? Find() =>
        Environment.GetEnvironmentVariable("AWORLD_FIXTURES") is { Length: > 0 } fixtures && Directory.Exists(Path.Combine(fixtures, "aworld-api"))
            ? new[] { ApiContext.App, ApiContext.Dashboard }
                .SelectMany(context => Read(context, Path.Combine(fixtures, "aworld-api", $"{context.ToString().ToLowerInvariant()}.json")))
                .ToDictionary(operation => operation.Key)
            : null;

    /// <summary>What an OpenAPI document says that a platform serves.</summary>
    public static IEnumerable<PublishedOperation> Served(ApiContext context, JsonElement openApi)
    {
        var schema = new JsonSchema(openApi.At("components.schemas"));
        return from path in openApi.At("paths").EnumerateObject()
               from method in path.Value.EnumerateObject()
               select new PublishedOperation(context, method.Value.Text("operationId"), method.Name.ToUpperInvariant(), path.Name, default,
                   method.Value.At("responses").EnumerateObject().Where(response => response.Name != "default").ToDictionary(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture), Body), [], schema);

        static JsonElement Body(JsonProperty response) =>
            response.Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out var json) && json.TryGetProperty("schema", out var schema) ? schema : default;
    }

    static IEnumerable<PublishedOperation> Read(ApiContext context, string file)
    {
        var api = JsonElement.Parse(File.ReadAllBytes(file));
        var schema = new JsonSchema(api.GetProperty("schemas"));
        return api.Items("operations").Select(operation => new PublishedOperation(
            context, operation.Text("id"), operation.Text("method"), operation.Text("path"), operation.At("request"),
            operation.At("responses").EnumerateObject().ToDictionary(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture), response => response.Value),
            [.. operation.Items("parameters").Where(parameter => parameter.Text("in") == "query").Select(parameter => parameter.Text("name"))], schema));
    }
}
