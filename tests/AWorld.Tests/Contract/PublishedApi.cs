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
        if (Environment.GetEnvironmentVariable("AWORLD_FIXTURES") is not { Length: > 0 } fixtures || !Directory.Exists(Path.Combine(fixtures, "aworld-api")))
        {
            Assert.Skip("AWORLD_FIXTURES names no folder with aworld-api/app.json and dashboard.json");
            throw new InvalidOperationException("skipped");
        }
        return new[] { ApiContext.App, ApiContext.Dashboard }
            .SelectMany(context => Read(context, Path.Combine(fixtures, "aworld-api", $"{context.ToString().ToLowerInvariant()}.json")))
            .ToDictionary(operation => operation.Key);
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
