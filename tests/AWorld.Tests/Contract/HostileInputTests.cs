using System.Net.Http.Headers;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Tests.Contract;

/// <summary>What a client gets wrong, or sends to see what happens, is refused by the name of the field in words of ours.</summary>
public sealed class HostileInputTests(HostileInputTests.Place place) : IClassFixture<HostileInputTests.Place>
{
    const string Labels = """ "defaultLang": "en", "translations": [{ "lang": "en", "label": "Label" }] """;

    readonly TestPlatform platform = place.Platform;
    readonly SeededWorkspace home = place.Home;

    /// <summary>One for all of them: what is refused leaves nothing behind.</summary>
    public sealed class Place : IAsyncLifetime
    {
        public TestPlatform Platform { get; private set; } = null!;
        internal SeededWorkspace Home { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Platform = await TestPlatform.Start();
            Home = await SeededWorkspace.Make(Platform, Platform.Home);
        }

        public ValueTask DisposeAsync() => Platform.DisposeAsync();
    }

    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "tags", $$"""{ "namespace": "{{new string('x', 201)}}", "variant": "v", {{Labels}} }""", "namespace", "must be 1 to 200 characters" },
        { "tags", $$"""{ "namespace": "a\u0000b", "variant": "v", {{Labels}} }""", "namespace", "must not contain control characters" },
        { "tags", $$"""{ "namespace": "a\nb", "variant": "v", {{Labels}} }""", "namespace", "must not contain control characters" },
        { "tags", $$"""{ "namespace": "", "variant": "v", {{Labels}} }""", "namespace", "is required" },
        { "activities", $$"""{ "name": "Run", "defaultLang": "en", "translations": [{ "lang": "en", "label": "L", "description": "{{new string('x', 4001)}}" }] }""", "translations[0].description", "must be 1 to 4000 characters" },
        { "activities", $$"""{ "name": 1, {{Labels}} }""", "name", "must be text" },
        { "activities", """{ "name": "Run", "defaultLang": "en", "translations": {} }""", "translations", "must be a list" },
        { "activities", """{ "name": "Run", "defaultLang": "en", "translations": [1] }""", "translations[0]", "must be an object" },
        { "users", """{ "email": "ada@example.com", "nickname": "A" }""", "nickname", "must be 2 to 40 letters, digits, symbols, spaces or _ . -, without two of the latter in a row" },
        { "users", """{ "email": "nobody" }""", "email", "must be an e-mail address" },
        { "runtime-leaderboard-configurations", $$"""{ "name": "B", "displayTopN": 99999999999, "query": {}, {{Labels}} }""", "displayTopN", $"must be a whole number from {int.MinValue} to {int.MaxValue}" },
        { "runtime-leaderboard-configurations", $$"""{ "name": "B", "displayTopN": "ten", "query": {}, {{Labels}} }""", "displayTopN", "must be a whole number" },
        { "runtime-leaderboard-configurations", $$"""{ "name": "B", "displayTopN": 101, "query": {}, {{Labels}} }""", "displayTopN", "must be from 1 to 100" },
        { "runtime-leaderboard-configurations", $$"""{ "name": "B", "showRank": 1, "query": {}, {{Labels}} }""", "showRank", "must be true or false" },
        { "virtual-currencies", $$"""{ "name": "C", "maxAllowedBalance": 1e40, {{Labels}} }""", "maxAllowedBalance", "is out of range: must be between -7.9e28 and 7.9e28" },
        { "virtual-currencies", $$"""{ "name": "C", "maxAllowedBalance": "5", {{Labels}} }""", "maxAllowedBalance", "must be a number" },
        { "virtual-transactions", """{ "transactions": [] }""", "transactions", "must not be empty" },
        { "activity-logs/batch", """{ "items": [] }""", "items", "must hold 1 to 500 actions" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_field_is_named_and_its_limits_told_in_plain_words(string path, string body, string field, string message)
    {
        var refusal = await platform.Dashboard().Refused(400, HttpMethod.Post, $"/dashboard/v1/{path}", body);
        refusal.Details.ShouldNotBeNull().ShouldContain(new FieldError(field, message));
    }

    [Fact]
    public async Task A_description_may_have_lines() =>
        await platform.Dashboard().Post("/dashboard/v1/activities", """{ "name": "Run", "defaultLang": "en", "translations": [{ "lang": "en", "label": "L", "description": "one\n\ttwo" }] }""");

    /// <summary>Whatever a client sends as text ends somewhere, and the document says where.</summary>
    [Fact]
    public async Task Every_text_of_a_request_has_an_end()
    {
        var endless = new List<string>();
        foreach (var api in OpenApiDocuments.Apis)
        {
            var document = await platform.Anonymous().Get($"/openapi/{OpenApiDocuments.NameOf(api)}.json");
            foreach (var operation in document.At("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(method => method.Value))
            {
                if (operation.TryGetProperty("requestBody", out var body) && body.At("content").TryGetProperty("application/json", out var content))
                {
                    Endless(document, content.At("schema"), operation.Text("operationId"), endless, 0);
                }
            }
        }
        endless.Distinct().ShouldBeEmpty(string.Join("\n", endless.Distinct()));
    }

    static void Endless(JsonElement document, JsonElement schema, string at, List<string> endless, int depth)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = document.At("components.schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }
        if (depth > 8)
        {
            return;
        }
        if (schema.TryGetProperty("type", out var type) && type.GetRawText().Contains("\"string\"", StringComparison.Ordinal)
            && !new[] { "maxLength", "enum", "pattern" }.Any(limit => schema.TryGetProperty(limit, out _)) && !(schema.TryGetProperty("format", out var format) && format.ValueEquals("date-time")))
        {
            endless.Add(at);
        }
        if (schema.TryGetProperty("items", out var items))
        {
            Endless(document, items, $"{at}[]", endless, depth + 1);
            if (!schema.TryGetProperty("maxItems", out _))
            {
                endless.Add($"{at} (items)");
            }
        }
        // The languages of a PUT follow from its translations; the contract wants them sent, nobody keeps them.
        foreach (var field in schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Where(field => field.Name != "langs").ToArray() : [])
        {
            Endless(document, field.Value, $"{at} {field.Name}", endless, depth + 1);
        }
        foreach (var one in schema.TryGetProperty("oneOf", out var choices) ? choices.EnumerateArray().ToArray() : [])
        {
            Endless(document, one, at, endless, depth + 1);
        }
    }

    [Theory]
    [InlineData("alias", """ "alias": "u" """, """ "alias": 7 """, "query.from.sources[0].alias")]
    [InlineData("name", """ "name": "earned" """, """ "name": { "x": 1 } """, "query.with[0].name")]
    [InlineData("total", """ "name": "total" """, """ "name": true """, "query.with[0].query.select.expressions[0].name")]
    public async Task A_board_s_query_names_things_with_text(string what, string right, string wrong, string place)
    {
        var query = Leaderboards.LeaderboardQueryTests.Example.Replace("\"points\"", $"\"{home["virtualCurrencyId"]}\"", StringComparison.Ordinal);
        query.ShouldContain(right.Trim(), customMessage: what);
        var refusal = await platform.Dashboard().Refused(400, HttpMethod.Post, "/dashboard/v1/runtime-leaderboard-configurations", $$"""{ "name": "B", "query": {{query.Replace(right.Trim(), wrong.Trim(), StringComparison.Ordinal)}}, {{Labels}} }""");
        refusal.Details.ShouldNotBeNull().ShouldContain(new FieldError(place, "must be text of 1 to 64 characters"));
    }

    [Theory]
    [InlineData("1999-12-31T23:59:59Z")]
    [InlineData("2026-03-10T09:06:00Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task An_action_was_done_neither_long_ago_nor_in_the_future(string completedAt)
    {
        var refusal = await platform.App(home["userId"]).Refused(400, HttpMethod.Post, "/app/v1/activity-logs", new { activityId = home["activityId"], userId = home["userId"], completedAt });
        refusal.Details.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("completedAt");
    }

    [Fact]
    public async Task Periods_at_the_ends_of_the_calendar_are_refused_not_an_accident()
    {
        foreach (var startsAt in new[] { "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z" })
        {
            var refusal = await platform.Dashboard().Refused(400, HttpMethod.Post, "/dashboard/v1/runtime-leaderboards",
                $$"""{ "runtimeLeaderboardConfigurationId": "{{home["runtimeLeaderboardConfigurationId"]}}", "timeframeType": "PERMANENT", "timeframeTimezoneType": "USER", "timeframeStartsAt": "{{startsAt}}" }""");
            refusal.Details.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("timeframeStartsAt");
        }
    }

    /// <summary>The shape of an id is told before anything is looked for; a token comes before even that.</summary>
    [Fact]
    public async Task An_id_of_the_wrong_shape_is_refused_by_its_name_everywhere()
    {
        var wrong = new List<string>();
        foreach (var endpoint in MappedEndpoint.All(platform).Where(endpoint => endpoint.Endpoint.Metadata.GetMetadata<Requirement>()?.Permission is not null))
        {
            var names = System.Text.RegularExpressions.Regex.Matches(endpoint.Path, @"\{([^}:?*]+)[^}]*\}").Select(match => match.Groups[1].Value).ToArray();
            // In the portal the account and the workspace say where one asks; to a stranger there is nothing there.
            foreach (var name in names.Where(name => name is not ("accountId" or "workspaceId")))
            {
                foreach (var id in new[] { "a%20b", "%01", "a%2Fb", new string('x', 129), "%F0%9F%98%80" })
                {
                    var path = names.Aggregate(endpoint.Path, (path, one) => path.Replace($"{{{one}}}", one == name ? id : home[one], StringComparison.Ordinal));
                    using var response = await home.Person(endpoint.Context).Send(new(endpoint.Method), path, endpoint.Method == "GET" ? null : "{}");
                    var text = await response.Content.ReadAsStringAsync();
                    if ((int)response.StatusCode != 400 || ErrorShape.Wrong(text, 400).Length > 0 || JsonElement.Parse(text).Text("details[0].field") != name)
                    {
                        wrong.Add($"{endpoint.Method} {path} answered {(int)response.StatusCode}: {text}");
                    }
                }
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong.Take(40)));
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_refused_by_its_place_everywhere_and_no_field_is_blamed()
    {
        var (wrong, tried) = (new List<string>(), 0);
        foreach (var endpoint in MappedEndpoint.All(platform).Where(TakesBody))
        {
            tried++;
            var path = System.Text.RegularExpressions.Regex.Replace(endpoint.Path, @"\{([^}:?*]+)[^}]*\}", match => home[match.Groups[1].Value]);
            using var response = await home.Person(endpoint.Context).Send(new(endpoint.Method), path, """{"name":"Ada""");
            var text = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode != 400 || ErrorShape.Wrong(text, 400).Length > 0 || JsonElement.Parse(text) is var error && (error.Text("message") != "the JSON breaks off at line 1, byte 13" || error.Has("details")))
            {
                wrong.Add($"{endpoint.Method} {path} answered {(int)response.StatusCode}: {text}");
            }
        }
        wrong.ShouldBeEmpty(string.Join("\n", wrong.Take(40)));
        tried.ShouldBeGreaterThan(40);
    }

    static bool TakesBody(MappedEndpoint endpoint) => endpoint.Endpoint.Metadata.GetMetadata<Requirement>()?.Permission is not null
        && endpoint.Endpoint.Metadata.GetMetadata<System.Reflection.MethodInfo>()?.GetParameters().Any(static parameter => parameter.ParameterType.IsGenericType && parameter.ParameterType.GetGenericTypeDefinition() == typeof(Body<>)) == true;

    [Theory]
    [InlineData("sort=completedAt", "sort")]
    [InlineData("order=up", "order")]
    [InlineData("fields=user", "fields")]
    [InlineData("limit=0", "limit")]
    [InlineData("nextToken=x", "nextToken")]
    public async Task A_list_refuses_what_it_does_not_know(string query, string name)
    {
        foreach (var list in new[] { "activity-logs", "missions", "virtual-transactions", "virtual-balances", "users/me/tags" })
        {
            var refusal = await platform.App(home["userId"]).Send(HttpMethod.Get, $"/app/v1/{list}?{query}");
            if (name != "fields" || list is "activity-logs")
            {
                ((int)refusal.StatusCode).ShouldBe(400, list);
                (await refusal.Body()).Text("details[0].field").ShouldBe(name, list);
            }
        }
    }

    [Fact]
    public async Task Whatever_answers_a_GET_answers_a_HEAD_without_content()
    {
        foreach (var path in new[] { "/health/live", "/docs", "/openapi/app.json", "/.well-known/jwks.json" })
        {
            using var get = await platform.Anonymous().Send(HttpMethod.Get, path);
            using var head = await platform.Anonymous().Send(HttpMethod.Head, path);
            head.StatusCode.ShouldBe(get.StatusCode, path);
            head.Content.Headers.ContentType.ShouldBe(get.Content.Headers.ContentType ?? new MediaTypeHeaderValue("none"), path);
            (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty(path);
        }
        using var user = await platform.App(home["userId"]).Send(HttpMethod.Head, "/app/v1/users/me");
        user.IsSuccessStatusCode.ShouldBeTrue();
        user.Headers.ETag.ShouldNotBeNull();
        using var absent = await platform.App(home["userId"]).Send(HttpMethod.Head, "/app/v1/missions/none");
        ((int)absent.StatusCode).ShouldBe(404);
        using var refused = await platform.App(home["userId"]).Send(HttpMethod.Head, "/app/v1/nothing");
        ((int)refused.StatusCode).ShouldBe(404);
    }
}
