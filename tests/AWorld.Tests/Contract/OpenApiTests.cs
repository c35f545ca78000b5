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
        foreach (var endpoint in MappedEndpoint.All(platform).Where(endpoint => !Regex.IsMatch(endpoint.Path, "^/(docs|openapi|health)")))
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

    [Theory]
    [InlineData("dashboard", "/dashboard/v1/expressions/evaluate", "post", "EvaluateExpressionRequest", "EvaluateExpressionResponse")]
    [InlineData("dashboard", "/dashboard/v1/mission-rules", "post", "MissionRule", null)]
    [InlineData("dashboard", "/dashboard/v1/activities/{activityId}/tags", "patch", "TagsToAssign", null)]
    public async Task An_operation_names_what_it_takes_and_gives(string api, string path, string method, string request, string? response)
    {
        await using var platform = await TestPlatform.Start();
        var document = (await Documents(platform))[api];
        var operation = document.At("paths").GetProperty(path).GetProperty(method);
        operation.At("requestBody.content").GetProperty("application/json").At("schema").GetProperty("$ref").GetString().ShouldBe($"#/components/schemas/{request}");
        if (response is not null)
        {
            operation.At("responses.200.content").GetProperty("application/json").At("schema").GetProperty("$ref").GetString().ShouldBe($"#/components/schemas/{response}");
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
