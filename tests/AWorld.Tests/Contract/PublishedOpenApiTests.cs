using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Tests.Contract;

/// <summary>Our OpenAPI documents promise at least what is published and ask for no more.</summary>
public sealed class PublishedOpenApiTests
{
    [Fact]
    public async Task What_the_documents_promise_is_what_is_published()
    {
        var published = PublishedApi.Load();
        await using var platform = await TestPlatform.Start();
        var wrong = new List<string>();
        foreach (var context in new[] { ApiContext.App, ApiContext.Dashboard })
        {
            var document = await platform.Anonymous().Get($"/openapi/{OpenApiDocuments.NameOf(context)}.json");
            foreach (var operation in document.At("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(method => method.Value))
            {
                if (published.TryGetValue($"{context} {operation.Text("operationId")}", out var theirs))
                {
                    Compare(new(document), operation, theirs, wrong);
                }
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    static void Compare(Document document, JsonElement operation, PublishedOperation theirs, List<string> wrong)
    {
        var ours = operation.At("responses");
        var status = theirs.Success.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!ours.TryGetProperty(status, out var answer))
        {
            wrong.Add($"{theirs.Key} is published to answer {status}, documented to answer {string.Join(", ", ours.EnumerateObject().Select(one => one.Name))}");
            return;
        }
        if (theirs.Responses[theirs.Success] is { ValueKind: JsonValueKind.Object } promised)
        {
            wrong.AddRange(Lacks(document, answer.At("content").GetProperty("application/json").At("schema"), theirs.Schema, promised, "").Select(lack => $"{theirs.Key} answers{lack}"));
        }
        if (theirs.Request.ValueKind == JsonValueKind.Object)
        {
            wrong.AddRange(Demands(document, operation.At("requestBody.content").GetProperty("application/json").At("schema"), theirs.Schema, theirs.Request, "").Select(demand => $"{theirs.Key} takes{demand}"));
        }
        var parameters = operation.TryGetProperty("parameters", out var declared) ? declared.EnumerateArray().Select(one => one.Text("name")).ToHashSet() : [];
        wrong.AddRange(theirs.Parameters.Except(parameters).Select(name => $"{theirs.Key} lacks the parameter {name}"));
    }

    /// <summary>Required fields of what they answer that ours need not have.</summary>
    static IEnumerable<string> Lacks(Document document, JsonElement given, JsonSchema published, JsonElement promised, string at)
    {
        var (ours, theirs) = (document.Resolve(given), published.Resolve(promised));
        if (theirs.TryGetProperty("items", out var item))
        {
            return ours.TryGetProperty("items", out var own) ? Lacks(document, own, published, item, $"{at}[]") : IsList(ours) ? [] : [$"{at} no list"];
        }
        if (!theirs.TryGetProperty("properties", out var fields) || !ours.TryGetProperty("properties", out var known))
        {
            return [];
        }
        var (asked, sure) = (Required(theirs), Required(ours));
        return fields.EnumerateObject().SelectMany(field =>
            asked.Contains(field.Name) && !sure.Contains(field.Name) ? [$"{at}.{field.Name} not always"]
            : known.TryGetProperty(field.Name, out var own) ? Lacks(document, own, published, field.Value, $"{at}.{field.Name}")
            : []);
    }

    /// <summary>Fields that they take and ours do not know, and those that only ours insist on.</summary>
    static IEnumerable<string> Demands(Document document, JsonElement taken, JsonSchema published, JsonElement request, string at)
    {
        var (ours, theirs) = (document.Resolve(taken), published.Resolve(request));
        if (theirs.TryGetProperty("items", out var item))
        {
            return ours.TryGetProperty("items", out var own) ? Demands(document, own, published, item, $"{at}[]") : IsList(ours) ? [] : [$"{at} no list"];
        }
        if (!theirs.TryGetProperty("properties", out var fields) || !ours.TryGetProperty("properties", out var known))
        {
            return [];
        }
        // A mission rule's state follows from the time; one that is sent is ignored.
        var unknown = fields.EnumerateObject().Where(field => field.Name != "state" && !known.TryGetProperty(field.Name, out _)).Select(field => $" no {at}.{field.Name}");
        var demanded = Required(ours).Except(Required(theirs)).Select(name => $"{at}.{name} only when it is there");
        return [.. unknown, .. demanded, .. fields.EnumerateObject().SelectMany(field => known.TryGetProperty(field.Name, out var own) ? Demands(document, own, published, field.Value, $"{at}.{field.Name}") : [])];
    }

    static bool IsList(JsonElement schema) => schema.TryGetProperty("type", out var type) && type.GetRawText().Contains("\"array\"", StringComparison.Ordinal);

    static HashSet<string> Required(JsonElement schema) => schema.TryGetProperty("required", out var names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [];

    sealed class Document(JsonElement document)
    {
        public JsonElement Resolve(JsonElement schema) =>
            schema.TryGetProperty("$ref", out var reference) ? Resolve(document.At("components.schemas").GetProperty(reference.GetString()!.Split('/')[^1]))
            : schema.TryGetProperty("oneOf", out var choices) && choices.EnumerateArray().Where(one => !(one.TryGetProperty("type", out var type) && type.ValueEquals("null"))).ToArray() is [var only] ? Resolve(only)
            : schema;
    }
}
