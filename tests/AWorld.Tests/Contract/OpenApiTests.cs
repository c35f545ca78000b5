using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Platform;

namespace AWorld.Tests.Contract;

public sealed class OpenApiTests
{
    static async Task<IReadOnlyDictionary<string, JsonElement>> Documents(TestPlatform platform)
    {
        var documents = new Dictionary<string, JsonElement>();
        foreach (var api in OpenApiDocuments.Apis)
        {
            documents[OpenApiDocuments.NameOf(api)] = await platform.Anonymous().Get($"/openapi/{OpenApiDocuments.NameOf(api)}.json");
        }
        return documents;
    }

    [Fact]
    public async Task Every_mapped_operation_is_in_the_document_of_its_api()
    {
        await using var platform = await TestPlatform.Start();
        var documents = await Documents(platform);
        var missing = new List<string>();
        foreach (var endpoint in MappedEndpoint.All(platform).Where(endpoint => !Regex.IsMatch(endpoint.Path, "^/(docs|openapi|health|servicebus|media)")))
        {
            var path = Regex.Replace(endpoint.Path, @"\{([^}:]+)[^}]*\}", "{$1}");
            if (!documents[OpenApiDocuments.NameOf(OpenApiDocuments.ApiOf(endpoint.Path))].At("paths").TryGetProperty(path, out var methods)
                || !methods.TryGetProperty(endpoint.Method.ToLowerInvariant(), out var operation)
                || operation.Text("operationId") != endpoint.Id)
            {
                missing.Add($"{endpoint.Method} {path} {endpoint.Id}");
                continue;
            }
            var named = operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Where(one => one.Text("in") == "path").Select(one => one.Text("name")) : [];
            named.ShouldBe(Regex.Matches(path, @"\{([^}]+)\}").Select(match => match.Groups[1].Value), path);
        }
        missing.ShouldBeEmpty(string.Join("\n", missing));
    }

    [Fact]
    public async Task A_document_is_openapi_3_1_whose_references_lead_somewhere()
    {
        await using var platform = await TestPlatform.Start();
        foreach (var (api, document) in await Documents(platform))
        {
            document.Text("openapi").ShouldStartWith("3.1");
            var components = document.At("components");
            foreach (Match reference in Regex.Matches(document.GetRawText(), "\"#/components/(?<kind>[a-zA-Z]+)/(?<name>[^\"]+)\""))
            {
                components.At(reference.Groups["kind"].Value).TryGetProperty(reference.Groups["name"].Value, out _).ShouldBeTrue($"{api}: {reference.Value}");
            }
        }
    }

    [Fact]
    public async Task An_operation_says_what_it_answers_and_how_it_fails()
    {
        await using var platform = await TestPlatform.Start();
        var wrong = new List<string>();
        foreach (var (api, document) in await Documents(platform))
        {
            foreach (var (path, method, operation) in Operations(document))
            {
                var successes = operation.At("responses").EnumerateObject().Where(response => response.Name != "default").ToArray();
                // RFC 7009 gives a revocation no content, and a redirection needs none.
                var hasContent = successes is [{ Value: var only }] && only.TryGetProperty("content", out var content) && content.EnumerateObject().All(type => type.Value.TryGetProperty("schema", out _));
                if (successes is not [var success] || success.Name is not ("204" or "302") && !hasContent && path != "/oauth2/revoke")
                {
                    wrong.Add($"{method} {path}: {string.Join(", ", successes.Select(one => one.Name))}");
                }
                operation.At("responses.default.content").GetProperty("application/problem+json").At("schema").Text("$ref").ShouldBe("#/components/schemas/Error");
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    [Fact]
    public async Task A_schema_says_what_each_field_is()
    {
        await using var platform = await TestPlatform.Start();
        var any = new List<string>();
        foreach (var (api, document) in await Documents(platform))
        {
            foreach (var schema in document.At("components.schemas").EnumerateObject())
            {
                var fields = schema.Value.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToArray() : [];
                any.AddRange(fields.Where(field => !field.Value.EnumerateObject().Any()).Select(field => $"{api} {schema.Name}.{field.Name}"));
            }
        }
        any.Where(field => !AnyJson.Contains(field.Split('.')[^1])).ShouldBeEmpty();
    }

    /// <summary>What clients may fill as they like, and the values of expressions.</summary>
    static readonly string[] AnyJson = ["additionalData", "query", "data", "expression", "result", "value", "body"];

    [Fact]
    public async Task A_validator_of_others_accepts_the_documents()
    {
        var folder = await Node.Install("openapi");
        await using var platform = await TestPlatform.Start();
        var documents = await Documents(platform);
        var answers = await Node.Run(Path.Combine(folder, "validate.js"), documents.Values.Select(document => JsonSerializer.Serialize(document)));
        answers.ShouldBe(Enumerable.Repeat("valid 3.1", documents.Count));
    }

    static IEnumerable<(string Path, string Method, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.At("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        select (path.Name, method.Name, method.Value);

    [Theory]
    [InlineData("dashboard", "/dashboard/v1/expressions/evaluate", "post", "EvaluateExpressionRequest", "EvaluateExpressionResponse")]
    [InlineData("dashboard", "/dashboard/v1/mission-rules", "post", "NewMissionRule", "MissionRule", 201)]
    [InlineData("dashboard", "/dashboard/v1/activities/{activityId}/tags", "patch", "TagsToAssign", null)]
    [InlineData("app", "/app/v1/activity-logs", "post", "LogActivityRequest", "ActivityLogView", 201)]
    public async Task An_operation_names_what_it_takes_and_gives(string api, string path, string method, string request, string? response, int status = 200)
    {
        await using var platform = await TestPlatform.Start();
        var document = (await Documents(platform))[api];
        var operation = document.At("paths").GetProperty(path).GetProperty(method);
        operation.At("requestBody.content").GetProperty("application/json").At("schema").GetProperty("$ref").GetString().ShouldBe($"#/components/schemas/{request}");
        if (response is not null)
        {
            operation.At("responses").GetProperty($"{status}").At("content").GetProperty("application/json").At("schema").GetProperty("$ref").GetString().ShouldBe($"#/components/schemas/{response}");
        }
        operation.At("responses.default.content").GetProperty("application/problem+json").At("schema").GetProperty("$ref").GetString().ShouldBe("#/components/schemas/Error");
        document.At("components.schemas").GetProperty(request).At("properties").EnumerateObject().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_page_explains_every_error_code_where_errors_link_to()
    {
        await using var platform = await TestPlatform.Start();
        using var response = await platform.Anonymous().Send(HttpMethod.Get, "/docs/errors");
        var page = await response.Content.ReadAsStringAsync();
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions", "AWorld"), "*.cs", SearchOption.AllDirectories);
        var codes = sources.SelectMany(file => Regex.Matches(File.ReadAllText(file), "\"((auth|validation|resource|business|rate_limit|server)/[a-z_]+)\"").Select(match => match.Groups[1].Value)).ToHashSet();
        codes.ShouldNotBeEmpty();
        codes.Where(code => !page.Contains($"id=\"{code.Replace('/', '-')}\"", StringComparison.Ordinal)).ShouldBeEmpty();
        page.ShouldNotContain("https://");
    }
}
