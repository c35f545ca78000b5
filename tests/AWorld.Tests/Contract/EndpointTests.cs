using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Tests.Contract;

/// <summary>What holds for every endpoint because it is mapped.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task Every_endpoint_declares_its_operation_and_what_it_requires()
    {
        await using var platform = await TestPlatform.Start();
        var endpoints = MappedEndpoint.All(platform).ToArray();
        endpoints.ShouldNotBeEmpty();
        endpoints.Where(endpoint => endpoint.Id is null).Select(endpoint => endpoint.Path).ShouldBeEmpty("they declare no Operation");
        endpoints.Where(endpoint => endpoint.Endpoint.Metadata.GetMetadata<Requirement>() is null).Select(endpoint => endpoint.Path).ShouldBeEmpty("they declare no permission");
    }

    [Fact]
    public async Task Every_endpoint_that_is_not_public_refuses_whoever_may_not_call_it()
    {
        await using var platform = await TestPlatform.Start();
        var wrong = new List<string>();
        var own = new Dictionary<string, string> { ["accountId"] = platform.Tenant.AccountId, ["workspaceId"] = platform.Tenant.WorkspaceId };
        foreach (var (endpoint, permission) in Guarded(platform))
        {
            var grant = Permissions.Table[permission];
            await Refused(platform.Anonymous(), endpoint, 401, "auth/invalid_token", wrong);
            var elsewhere = grant.Context == ApiContext.App ? platform.Dashboard() : platform.App("somebody");
            await Refused(elsewhere, endpoint, 403, "auth/workspace_mismatch", wrong);
            if (grant.Least > Role.Viewer)
            {
                await Refused(Person(platform, grant.Context, grant.Least - 1), endpoint, 403, "auth/insufficient_permissions", wrong, own);
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    static IEnumerable<(MappedEndpoint Endpoint, Permission Permission)> Guarded(TestPlatform platform) =>
        from endpoint in MappedEndpoint.All(platform)
        let permission = endpoint.Endpoint.Metadata.GetMetadata<Requirement>()?.Permission
        where permission is not null
        select (endpoint, permission.Value);

    static HttpClient Person(TestPlatform platform, ApiContext context, Role role) => context switch
    {
        ApiContext.App => platform.App("somebody", role),
        ApiContext.Dashboard => platform.Dashboard(role),
        _ => platform.Portal("some-principal", role),
    };

    static async Task Refused(HttpClient client, MappedEndpoint endpoint, int status, string code, List<string> wrong, IReadOnlyDictionary<string, string>? ids = null)
    {
        var path = Regex.Replace(endpoint.Path, @"\{([^}:?*]*)[^}]*\}", match => ids?.GetValueOrDefault(match.Groups[1].Value) ?? "unknown-unknown-unkn1");
        using var response = await client.Send(new(endpoint.Method), path, endpoint.Method == "GET" ? null : "{}");
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != status || ErrorShape.Wrong(text, status).Length > 0 || JsonElement.Parse(text).Text("code") != code)
        {
            wrong.Add($"{endpoint.Method} {path} answered {(int)response.StatusCode}, not {status} {code}: {text}");
        }
    }
}
