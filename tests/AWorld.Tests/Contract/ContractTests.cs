using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.AspNetCore.Routing;

namespace AWorld.Tests.Contract;

/// <summary>Every operation of AWorld's API that is mapped is called with valid input and answers what its schema says.</summary>
public sealed class ContractTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Mapped_operations_answer_as_published()
    {
        var published = PublishedApi.Load();
        await using var platform = await TestPlatform.Start();
        var mapped = MappedEndpoint.All(platform).ToArray();
        MappedWrongly(published, mapped).ShouldBeEmpty();

        var calls = new ContractCalls(new InThisProcess(platform), published, mapped.Select(endpoint => endpoint.Key).ToHashSet(StringComparer.Ordinal));
        await ContractStory.Tell(calls);
        await calls.Refusals();

        var implemented = published.Keys.Intersect(mapped.Select(endpoint => endpoint.Key)).Order(StringComparer.Ordinal).ToArray();
        output.WriteLine($"operations: {calls.Answered.Count}/{published.Count}");
        foreach (var key in implemented.Except(calls.Answered))
        {
            output.WriteLine($"mapped, but not answered as published: {key}");
        }
        calls.Wrong.ShouldBeEmpty(string.Join("\n", calls.Wrong));
        implemented.Except(calls.Answered).Except(calls.Unreachable).ShouldBeEmpty("these have no call in ContractStory");
    }

    static IEnumerable<string> MappedWrongly(IReadOnlyDictionary<string, PublishedOperation> published, IReadOnlyList<MappedEndpoint> mapped)
    {
        foreach (var endpoints in mapped.Where(endpoint => published.ContainsKey(endpoint.Key)).GroupBy(endpoint => endpoint.Key))
        {
            var operation = published[endpoints.Key];
            if (!endpoints.Any(endpoint => endpoint.Method == operation.Method && Shape(endpoint.Path) == Shape(operation.Path)))
            {
                yield return $"{endpoints.Key} is published as {operation.Method} {operation.Path}, mapped as {string.Join(", ", endpoints.Select(one => $"{one.Method} {one.Path}"))}";
            }
        }
        var byPath = published.Values.ToLookup(operation => $"{operation.Method} {Shape(operation.Path)}");
        foreach (var endpoint in mapped)
        {
            var same = byPath[$"{endpoint.Method} {Shape(endpoint.Path)}"].ToArray();
            if (same.Length > 0 && same.All(operation => operation.Key != endpoint.Key))
            {
                yield return $"{endpoint.Method} {endpoint.Path} is {endpoint.Key}, published as {same[0].Key}";
            }
        }
    }

    /// <summary>What a parameter is called does not matter.</summary>
    static string Shape(string path) => Regex.Replace(path, @"\{[^}]*\}", "{}");
}

/// <summary>An endpoint of the running host with what it declares.</summary>
sealed record MappedEndpoint(ApiContext Context, string? Id, string Method, string Path, RouteEndpoint Endpoint)
{
    public string Key => $"{Context} {Id}";

    public static IEnumerable<MappedEndpoint> All(TestPlatform platform) =>
        from endpoint in platform.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select new MappedEndpoint(ContextOf(path), endpoint.Metadata.GetMetadata<Operation>()?.Id, method, path, endpoint);

    static ApiContext ContextOf(string path) =>
        path.StartsWith("/app/", StringComparison.Ordinal) ? ApiContext.App
        : path.StartsWith("/dashboard/", StringComparison.Ordinal) || path.StartsWith("/integrations/", StringComparison.Ordinal) ? ApiContext.Dashboard
        : path.StartsWith("/portal/", StringComparison.Ordinal) ? ApiContext.Portal
        : ApiContext.Identity;
}

/// <summary>Who calls a platform's API.</summary>
interface IContractPlatform
{
    HttpClient Anonymous();

    /// <summary>A machine that manages the workspace, or plays in it.</summary>
    HttpClient Machine(ApiContext context);

    /// <summary>A user of the workspace, who may manage it in the dashboard.</summary>
    HttpClient User(ApiContext context, string userId);
}

sealed class InThisProcess(TestPlatform platform) : IContractPlatform
{
    public HttpClient Anonymous() => platform.Anonymous();
    public HttpClient Machine(ApiContext context) => context == ApiContext.App ? platform.Machine("app/read", "app/write") : platform.Dashboard();
    public HttpClient User(ApiContext context, string userId) => context == ApiContext.App ? platform.App(userId) : platform.Home.Dashboard(Role.Owner, userId);
}

/// <summary>Makes the calls and holds them against what is published.</summary>
sealed class ContractCalls(IContractPlatform platform, IReadOnlyDictionary<string, PublishedOperation> published, IReadOnlySet<string> mapped)
{
    sealed record Made(PublishedOperation Operation, string Path, string? Body, string? LastId);

    readonly Dictionary<string, Made> made = [];
    HttpClient dashboard = platform.Machine(ApiContext.Dashboard);
    HttpClient app = platform.Machine(ApiContext.App);

    /// <summary>The id of what could not be made, because its operation is not mapped.</summary>
    public const string Absent = "~absent~";

    public HttpClient Anonymous() => platform.Anonymous();

    /// <summary>What the next calls ask for behind their path.</summary>
    public string Query { get; set; } = "";

    public HashSet<string> Answered { get; } = [];
    public HashSet<string> Unreachable { get; } = [];
    public List<string> Wrong { get; } = [];

    public void Become(string userId) => (app, dashboard) = (platform.User(ApiContext.App, userId), platform.User(ApiContext.Dashboard, userId));

    public Task<JsonElement> App(string id, string? body = null, params string[] route) => Call(ApiContext.App, id, body, route);
    public Task<JsonElement> Dashboard(string id, string? body = null, params string[] route) => Call(ApiContext.Dashboard, id, body, route);

    /// <summary>Calls the operation when it is mapped; route values in the order of the path. Gives an empty object when there is none.</summary>
    async Task<JsonElement> Call(ApiContext context, string id, string? body, string[] route)
    {
        var none = JsonElement.Parse("{}");
        var operation = published[$"{context} {id}"];
        if (!mapped.Contains(operation.Key))
        {
            return none;
        }
        if (route.Contains(Absent) || body?.Contains(Absent, StringComparison.Ordinal) == true)
        {
            Unreachable.Add(operation.Key);
            return none;
        }
        var next = 0;
        var path = Regex.Replace(operation.Path, @"\{[^}]*\}", _ => route[next++]) + Query;
        using var response = await Client(context).Send(new(operation.Method), path, body);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != operation.Success)
        {
            Wrong.Add($"{operation.Key} {operation.Method} {path} answered {(int)response.StatusCode}, not {operation.Success}: {text}");
            return none;
        }
        var schema = operation.Responses[operation.Success];
        var answer = text.Length == 0 ? none : JsonElement.Parse(text);
        if (schema.ValueKind == JsonValueKind.Object && operation.Schema.Errors(answer, schema) is { Count: > 0 } errors)
        {
            Wrong.Add($"{operation.Key} {operation.Method} {path}: {string.Join("; ", errors.Take(5))}");
        }
        Answered.Add(operation.Key);
        made[operation.Key] = new(operation, path, body, route.LastOrDefault());
        return answer;
    }

    /// <summary>401 without a token; 404 for an unknown id and 400 for a wrong body where they are published; each as the error object.</summary>
    public async Task Refusals()
    {
        // The story ends with the erasure of its user, whose tokens end with it.
        Become((await platform.Machine(ApiContext.Dashboard).Post("/dashboard/v1/users", """{ "email": "grace@example.com" }""")).Text("userId"));
        foreach (var call in made.Values)
        {
            var (context, method) = (call.Operation.Context, new HttpMethod(call.Operation.Method));
            await Refused(platform.Anonymous(), 401, method, call.Path, call.Body);
            if (call.LastId is { } id && call.Operation.Responses.ContainsKey(404))
            {
                var unknown = "unknown-unknown-unkn1";
                var end = call.Path.LastIndexOf(id, StringComparison.Ordinal);
                await Refused(Client(context), 404, method, call.Path[..end] + unknown + call.Path[(end + id.Length)..], call.Body?.Replace(id, unknown, StringComparison.Ordinal));
            }
            if (call.Body is not null && call.Operation.Responses.ContainsKey(400))
            {
                await Refused(Client(context), 400, method, call.Path, "[]");
            }
        }
    }

    HttpClient Client(ApiContext context) => context == ApiContext.App ? app : dashboard;

    async Task Refused(HttpClient client, int status, HttpMethod method, string path, string? body)
    {
        using var response = await client.Send(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != status || ErrorShape.Wrong(text, status) is { } wrong && wrong.Length > 0)
        {
            Wrong.Add($"{method} {path} answered {(int)response.StatusCode}, not {status} as an error: {text}");
        }
    }
}

/// <summary>AWorld's error object, which is an RFC 9457 problem too.</summary>
static class ErrorShape
{
    static readonly JsonElement Schema = JsonElement.Parse("""
        { "type": "object", "required": ["type", "title", "code", "message", "status", "requestId", "timestamp", "path", "docs"],
          "properties": {
            "code": { "pattern": "^(auth|validation|resource|business|rate_limit|server)/[a-z_]+$" }, "message": { "type": "string", "minLength": 1 }, "status": { "type": "integer" },
            "requestId": { "type": "string", "minLength": 1 }, "timestamp": { "format": "date-time" }, "path": { "pattern": "^/" }, "docs": { "pattern": "^/docs/errors#" },
            "details": { "items": { "type": "object", "required": ["field", "message"], "properties": { "field": { "type": "string", "minLength": 1 } } } } } }
        """);

    /// <summary>What is wrong with it; empty when nothing is.</summary>
    public static string Wrong(string body, int status)
    {
        JsonElement error;
        try
        {
            error = JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return "it is not JSON";
        }
        var errors = new JsonSchema(JsonElement.Parse("{}")).Errors(error, Schema);
        return errors.Count > 0 ? string.Join("; ", errors) : error.At("status").GetInt32() == status ? "" : "its status is another";
    }
}
