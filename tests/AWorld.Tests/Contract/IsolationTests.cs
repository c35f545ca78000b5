using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Authorization;
using AWorld.Identity;
using AWorld.Integrations.Webhooks;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Tests.Contract;

/// <summary>
/// No id leads out of its workspace: for every endpoint that is mapped, each id in its path and in the sample of its
/// body is replaced by one that exists elsewhere. A new endpoint is here by being mapped, and fails until it has a sample.
/// </summary>
public sealed partial class IsolationTests : IAsyncLifetime
{
    TestPlatform platform = null!;
    SeededWorkspace home = null!;

    /// <summary>Another workspace of the account, and one of another account.</summary>
    IReadOnlyList<SeededWorkspace> elsewhere = null!;

    readonly Dictionary<Container, string> cursors = [];
    readonly List<string> wrong = [];

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        home = await SeededWorkspace.Make(platform, platform.Home);
        elsewhere = [await SeededWorkspace.Make(platform, platform.Sibling), await SeededWorkspace.Make(platform, platform.Other)];
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    sealed record Guarded(MappedEndpoint Endpoint, IReadOnlyList<string> Route, string? Sample)
    {
        public ApiContext Context => Endpoint.Context;
    }

    [Fact]
    public async Task Every_id_in_a_path_is_of_the_own_workspace_or_leads_nowhere()
    {
        foreach (var one in Endpoints().Where(one => one.Route.Count > 0))
        {
            foreach (var (at, name) in one.Route.Index())
            {
                foreach (var foreign in elsewhere.Where(place => IsForeign(one, place, name)))
                {
                    await NothingHappens(one, id => one.Route.Take(at).Contains(id) ? home[id] : foreign[id], one.Sample is null ? null : home.Body(one.Sample), name,
                        static (status, code) => status == 404 && code == "resource/not_found");
                }
            }
        }
        // The change feed does not tell of deletions, and an id that never existed would prove nothing.
        foreach (var one in Endpoints().Where(one => one.Endpoint.Method == "GET" && one.Route.Count > 0 && !Excused.Contains($"{one.Endpoint.Key} 404")))
        {
            foreach (var foreign in elsewhere)
            {
                await foreign.Person(one.Context).Get(Path(one, id => foreign[id]));
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    [Fact]
    public async Task Every_id_in_a_body_is_of_the_own_workspace_or_refused()
    {
        foreach (var one in Endpoints().Where(one => one.Sample is not null && one.Endpoint.Id is not ("activityLogs/batch" or "events/send")))
        {
            foreach (var name in Placeholder().Matches(SeededWorkspace.Samples[one.Sample!]).Select(match => match.Groups[1].Value).Distinct())
            {
                foreach (var foreign in elsewhere.Where(place => IsForeign(one, place, name)))
                {
                    var body = home.Body(one.Sample!).Replace(home[name], foreign[name], StringComparison.Ordinal);
                    await NothingHappens(one, id => home[id], body, name, (status, _) => status is 400 or 404 || status == 403 && one.Context == ApiContext.App && name == "userId");
                }
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    /// <summary>With all ids of the own workspace the same requests go through, so the others were refused for their ids.</summary>
    [Fact]
    public async Task The_samples_are_accepted_at_home()
    {
        var order = new[] { "GET", "PATCH", "PUT", "POST", "DELETE" };
        foreach (var one in Endpoints().OrderBy(one => Array.IndexOf(order, one.Endpoint.Method)).ThenBy(one => one.Endpoint.Id is "users/delete" or "media/delete"))
        {
            if (one.Endpoint.Id!.EndsWith("/deleteTag", StringComparison.Ordinal))
            {
                await home.Person(one.Context).Post(Path(one, id => home[id]), "{}");
            }
            using var response = await Send(one, id => home[id], one.Sample is null ? null : home.Body(one.Sample));
            // The platform may have come to another state meanwhile; what it does not say is that something is missing.
            if (!response.IsSuccessStatusCode && !Excused.Contains($"{one.Endpoint.Key} {(int)response.StatusCode}"))
            {
                wrong.Add($"{one.Endpoint.Key} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    static readonly string[] Excused =
    [
        "Portal authorizer/get 404",                    // before one was put
        "Dashboard virtualTransactions/reject 400", "App virtualTransactions/redeem 400",      // whichever comes second
        "Dashboard media/getUploadUrl 400",             // what it asks for is in its query
        "Dashboard users/getErasure 404",               // of a user who was not erased
        "Dashboard runtimeLeaderboards/create 409", "Dashboard quizzes/createTag 409", "Dashboard missionConfigurations/createTag 409", "Dashboard missionRules/createTag 409", "Dashboard media/createTag 409",     // as seeded
    ];

    [Fact]
    public async Task Whoever_names_another_workspace_than_the_token_s_is_refused_everywhere()
    {
        foreach (var one in Endpoints().Where(one => one.Context != ApiContext.Portal))
        {
            foreach (var (header, value) in new[] { (NamedTenant.WorkspaceHeader, elsewhere[0]["workspaceId"]), (NamedTenant.AccountHeader, elsewhere[1]["accountId"]) })
            {
                using var response = await home.Person(one.Context).Send(new(one.Endpoint.Method), Path(one, id => home[id]), one.Sample is null ? null : home.Body(one.Sample), (header, value));
                await Refused(one, response, header, static (status, code) => status == 403 && code == "auth/workspace_mismatch");
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    [Fact]
    public async Task A_machine_acts_for_no_user_of_another_workspace()
    {
        foreach (var one in Endpoints().Where(one => one.Context != ApiContext.Portal))
        {
            var machine = one.Context == ApiContext.App ? platform.Machine("app/read", "app/write") : platform.Machine("dashboard/read", "dashboard/write", "integrations/write");
            foreach (var foreign in elsewhere)
            {
                using var response = await machine.Send(new(one.Endpoint.Method), Path(one, id => home[id]), one.Sample is null ? null : home.Body(one.Sample), (CallerMiddleware.UserHeader, foreign["userId"]));
                await Refused(one, response, "x-user-id", static (status, code) => status == 404 && code == "resource/not_found");
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    [Fact]
    public async Task A_batch_refuses_each_item_that_names_what_is_of_another_workspace()
    {
        var dashboard = platform.Dashboard();
        foreach (var foreign in elsewhere)
        {
            foreach (var body in new[] { $$"""{ "items": [{ "activityId": "{{foreign["activityId"]}}", "userId": "{{home["userId"]}}" }] }""", $$"""{ "items": [{ "activityId": "{{home["activityId"]}}", "userId": "{{foreign["userId"]}}" }] }""" })
            {
                (await dashboard.Post("/dashboard/v1/activity-logs/batch", body)).Number("items[0].status").ShouldBeOneOf(400, 404);
            }
        }
    }

    /// <summary>What is the user's own does not lead to another user of the same workspace either.</summary>
    [Fact]
    public async Task What_is_another_user_s_is_not_found_in_the_app()
    {
        var stranger = (await platform.Dashboard().Post("/dashboard/v1/users", """{ "email": "eve@example.com" }""")).Text("userId");
        foreach (var one in Endpoints().Where(one => one.Context == ApiContext.App && one.Route.Any(id => id is "activityLogId" or "quizLogId" or "missionId" or "virtualTransactionId")))
        {
            using var response = await platform.App(stranger, Role.Owner).Send(new(one.Endpoint.Method), Path(one, id => home[id]), one.Sample is null ? null : home.Body(one.Sample));
            await Refused(one, response, "another user", static (status, code) => status == 404 && code == "resource/not_found");
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong));
    }

    List<Guarded> Endpoints()
    {
        var found = new List<Guarded>();
        foreach (var endpoint in MappedEndpoint.All(platform).Where(endpoint => endpoint.Endpoint.Metadata.GetMetadata<Requirement>()?.Permission is not null))
        {
            var route = RouteId().Matches(endpoint.Path).Select(match => match.Groups[1].Value).ToArray();
            var sample = new[] { endpoint.Id!, endpoint.Id!.Split('/')[^1] }.FirstOrDefault(SeededWorkspace.Samples.ContainsKey);
            route.Where(name => !home.Has(name)).ShouldBeEmpty($"{endpoint.Key}: let SeededWorkspace make one");
            (sample is not null || !TakesBody(endpoint)).ShouldBeTrue($"{endpoint.Key}: add a body to SeededWorkspace.Samples");
            found.Add(new(endpoint, route, sample));
        }
        return found;
    }

    /// <summary>To the portal what is in another workspace of the account belongs to it all the same, but for what the path puts into one.</summary>
    bool IsForeign(Guarded one, SeededWorkspace place, string name) =>
        place[name] != home[name] && (one.Context != ApiContext.Portal || place["accountId"] != home["accountId"] || name == "clientId");

    static bool TakesBody(MappedEndpoint endpoint) => endpoint.Endpoint.Metadata.GetMetadata<BodyShape>() is not null
        || endpoint.Endpoint.Metadata.GetMetadata<System.Reflection.MethodInfo>()?.GetParameters().Any(parameter => parameter.ParameterType.IsGenericType && parameter.ParameterType.GetGenericTypeDefinition() == typeof(Body<>)) == true;

    async Task NothingHappens(Guarded one, Func<string, string> id, string? body, string swapped, Func<int, string, bool> expected)
    {
        await Changes();
        using var response = await Send(one, id, body);
        await Refused(one, response, swapped, expected);
        if (await Changes() is { Count: > 0 } written)
        {
            wrong.Add($"{one.Endpoint.Key} with another {swapped} wrote {string.Join(", ", written)}");
        }
    }

    Task<HttpResponseMessage> Send(Guarded one, Func<string, string> id, string? body) => home.Person(one.Context).Send(new(one.Endpoint.Method), Path(one, id), body is null ? null : InPath().Replace(body, match => id(match.Groups[1].Value)));

    static string Path(Guarded one, Func<string, string> id) => RouteId().Replace(one.Endpoint.Path, match => id(match.Groups[1].Value));

    async Task Refused(Guarded one, HttpResponseMessage response, string swapped, Func<int, string, bool> expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode || ErrorShape.Wrong(text, status).Length > 0 || !expected(status, JsonElement.Parse(text).Text("code")))
        {
            wrong.Add($"{one.Endpoint.Key} {one.Endpoint.Method} with another {swapped} answered {status}: {text}");
        }
    }

    /// <summary>Follows behind all requests from documents that were committed before, so it says nothing of the one under test: its own would be among them.</summary>
    static bool Follows(Partition partition, string id) =>
        partition.Key == Partition.PlatformAccount && id is "product-events" or "rule-tallies" or "outbox"
        || partition.Container == Container.Messages && (partition.Key.EndsWith($"/{MessageEntities.Events.Name}", StringComparison.Ordinal) || partition.Key.EndsWith($"/{WebhookDeliveries.Queue.Name}", StringComparison.Ordinal));

    /// <summary>What was written since it was last asked; who was refused what may be noted.</summary>
    async Task<List<string>> Changes()
    {
        var (store, written) = (platform.Service<IDocumentStore>(), new List<string>());
        foreach (var container in Enum.GetValues<Container>().Where(container => container != Container.Audit))
        {
            for (var more = true; more;)
            {
                var page = await store.Changes(container, cursors.GetValueOrDefault(container, ""), StoreLimits.PageItems, default);
                (cursors[container], more) = (page.Cursor, page.More);
                written.AddRange(page.Items.Where(change => !Follows(change.Partition, change.Document.Id)).Select(change => $"{change.Partition} {change.Document.Id}"));
            }
        }
        return written;
    }

    [GeneratedRegex(@"\{([^}:?*]+)[^}]*\}")]
    private static partial Regex RouteId();

    [GeneratedRegex(@"\{([a-zA-Z]+Id)\}")]
    private static partial Regex InPath();

    [GeneratedRegex("<([a-zA-Z]+)>")]
    private static partial Regex Placeholder();
}
