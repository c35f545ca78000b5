using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AWorld.Benchmarks;

/// <summary>OULAD as a workspace of the platform, made through its HTTP API.</summary>
sealed class OuladWorkspace(HostProcess host, Oulad oulad) : IDisposable
{
    /// <summary>Making a user is many commits in turn, so more at once share each.</summary>
    const int Creators = 128;

    /// <summary>Each sends batches, of which a host takes only so many at once.</summary>
    const int Loaders = 16;

    const int ActionsPerBatch = 100;

    readonly HttpClient http = new() { BaseAddress = host.Address };
    readonly ConcurrentDictionary<string, string> userIds = new();
    readonly Dictionary<string, string> tagIds = new(StringComparer.Ordinal);

    /// <summary>A token that acts for any user of the workspace.</summary>
    public string AppToken { get; private set; } = "";

    public string BoardId { get; private set; } = "";
    public IReadOnlyList<string> UserIds => [.. userIds.Values];

    public async Task Load()
    {
        AppToken = await host.Token(http, "app");
        http.DefaultRequestHeaders.Authorization = new("Bearer", await host.Token(http, "dashboard"));
        await Disable("mission-rules", "missionRuleId", "assignmentMode");
        await Disable("reward-rules", "rewardRuleId", "applicationMode");
        await Tags();
        await Parallel.ForEachAsync(oulad.Assessments, async (assessment, _) =>
        {
            await Publish("activities", $"a{assessment.Id}", "activityId", new Dictionary<string, object?> { ["name"] = $"{assessment.Type} of {assessment.Module}" });
            await Post($"activities/a{assessment.Id}/tags", new { assignments = new[] { new { tagId = tagIds[assessment.Module], priority = 0 } } });
        });
        await Rules();
        Users();
    }

    /// <summary>The demonstration's own rules would pay too.</summary>
    async Task Disable(string kind, string idName, string mode)
    {
        var list = await http.GetFromJsonAsync<JsonElement>($"/dashboard/v1/{kind}");
        foreach (var item in list.GetProperty("items").EnumerateArray())
        {
            var path = new Uri($"/dashboard/v1/{kind}/{item.GetProperty(idName).GetString()}", UriKind.Relative);
            var rule = (await http.GetFromJsonAsync<JsonObject>(path))!;
            rule[mode] = "DISABLED";
            rule["translations"] = JsonSerializer.SerializeToNode(new[] { new { lang = "en", description = "Off" } });
            await Send(HttpMethod.Put, path, rule);
        }
    }

    async Task Tags()
    {
        foreach (var tag in oulad.Students.Select(student => student.Module).Concat(oulad.Assessments.Select(assessment => assessment.Module)).Distinct())
        {
            tagIds[tag] = await Publish("tags", null, "tagId", new() { ["name"] = tag, ["namespace"] = "module", ["variant"] = tag });
        }
        foreach (var region in oulad.Students.Select(student => student.Region).Distinct())
        {
            tagIds[region] = await Publish("tags", null, "tagId", new() { ["name"] = region, ["namespace"] = "region", ["variant"] = region.Replace(' ', '-') });
        }
    }

    async Task Rules()
    {
        await Publish("virtual-currencies", "marks", "virtualCurrencyId", new() { ["name"] = "Marks" });
        await Publish("mission-configurations", "five-passed", "missionConfigurationId", new()
        {
            ["name"] = "Hand in five assessments scoring 40 or more", ["missionType"] = "INDIVIDUAL", ["matchType"] = "ENTITY", ["matchEntity"] = "Activity",
            ["matchCondition"] = Logic("""{ ">=": [{ "var": "event.value" }, 40] }"""), ["incrementExpression"] = 1, ["targetAmountExpression"] = 5,
        });
        await Publish("mission-rules", "at-the-first", "missionRuleId", new()
        {
            ["name"] = "From the first submission on", ["missionType"] = "INDIVIDUAL", ["usersMatchCondition"] = true, ["missionConfigurationsPool"] = new[] { "five-passed" }, ["missionsMatchCondition"] = true,
            ["timeframeType"] = "PERMANENT", ["timeframeTimezoneType"] = "FIXED", ["timeframeTimezone"] = "Etc/UTC", ["timeframeStartsAt"] = "2010-01-01T00:00:00Z",
            ["assignmentMode"] = "EVENT", ["eventMatchType"] = "ENTITY", ["eventMatchEntity"] = "Activity", ["eventMatchCondition"] = true,
        });
        await Reward("Marks for a score", "Activity", """{ "==": [{ "var": "event.outcome" }, "SUCCESS"] }""", """{ "var": "event.value" }""");
        await Reward("Ten for handing in on time", "Activity", """{ ">=": [{ "var": "event.additionalData.daysEarly" }, 0] }""", "10");
        await Reward("A hundred for a mission", "Mission", """{ "==": [{ "var": "event.isCompleted" }, true] }""", "100");
        await Post("runtime-leaderboard-configurations", Logic(Board));
        var board = await Post("runtime-leaderboard-configurations/marks-board/instances",
            new { timeframeType = "PERMANENT", timeframeTimezoneType = "FIXED", timeframeTimezone = "Etc/UTC", timeframeStartsAt = "2010-01-01T00:00:00Z" });
        BoardId = board.GetProperty("runtimeLeaderboardId").GetString()!;
    }

    Task<string> Reward(string name, string entity, string condition, string amount) => Publish("reward-rules", null, "rewardRuleId", new()
    {
        ["name"] = name, ["ruleType"] = "ENTITY", ["matchEntity"] = entity, ["matchCondition"] = Logic(condition), ["applicationMode"] = "ALWAYS",
        ["rewards"] = new[] { new { rewardType = "VIRTUAL_CURRENCY", virtualCurrencyId = "marks", redemptionMode = "AUTO", expression = Logic(amount) } },
    });

    /// <summary>Each assessment is the activity of the same name to the learning system's events, too.</summary>
    public Task MapLearning() => Send(HttpMethod.Put, new("/dashboard/v1/inbound-settings", UriKind.Relative), new
    {
        learning = from assessment in oulad.Assessments
                   from type in (string[])["lms.quiz.answered", "lms.course.completed", "lms.course.failed"]
                   select new { type, objectId = assessment.Id, activityId = $"a{assessment.Id}", value = Logic("""{ "var": "event.data.score" }""") },
    });

    /// <summary>The inbound log's entries since then, oldest first, once it has so many.</summary>
    public async Task<List<T>> Handled<T>(DateTimeOffset since, int count, Func<JsonElement, T> read)
    {
        for (var before = ""; ; await Task.Delay(500))
        {
            var newest = await http.GetStringAsync(new Uri("/dashboard/v1/inbound-events?limit=1", UriKind.Relative));
            if (newest != before)
            {
                before = newest;
                continue;
            }
            var (entries, token) = (new List<T>(count), "");
            do
            {
                var page = await http.GetFromJsonAsync<JsonElement>(new Uri($"/dashboard/v1/inbound-events?order=asc&limit=100&from={since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}{token}", UriKind.Relative));
                entries.AddRange(page.GetProperty("items").EnumerateArray().Select(read));
                token = page.TryGetProperty("nextToken", out var next) && next.GetString() is { } more ? $"&nextToken={Uri.EscapeDataString(more)}" : "";
            }
            while (token.Length > 0);
            if (entries.Count >= count)
            {
                return entries;
            }
        }
    }

    /// <summary>Students, over the connections that the load uses too.</summary>
    void Users()
    {
        var token = http.DefaultRequestHeaders.Authorization!.Parameter!;
        var load = new HttpLoad(host.Address, Loaders);
        var students = oulad.Students;
        load.Run((connection, n) => Loaders * n + connection is var at && at < students.Count
            ? HttpLoad.Request("POST", "/dashboard/v1/users", token, body: JsonSerializer.Serialize(new { externalId = students[at].Id, email = $"s{students[at].Id}@oulad.example", nickname = $"Student {students[at].Id}", lang = "en", timezone = "Europe/London" }))
            : null,
            (connection, n, body) => userIds[students[Loaders * n + connection].Id] = JsonElement.Parse(body.Span).GetProperty("userId").GetString()!);
        Succeeded(load);
        load.Run((connection, n) => Loaders * n + connection is var at && at < students.Count
            ? HttpLoad.Request("POST", $"/dashboard/v1/users/{userIds[students[at].Id]}/tags", token,
                body: JsonSerializer.Serialize(new { assignments = new[] { new { tagId = tagIds[students[at].Module], priority = 0 }, new { tagId = tagIds[students[at].Region], priority = 1 } } }))
            : null);
        Succeeded(load);
    }

    /// <summary>More users, and one action of each that earns up to a hundred marks.</summary>
    public void AddMembers(int count)
    {
        var token = http.DefaultRequestHeaders.Authorization!.Parameter!;
        var load = new HttpLoad(host.Address, Creators);
        var first = userIds.Count;
        var made = new string[count];
        load.Run((connection, n) => Creators * n + connection is var at && at < count
            ? HttpLoad.Request("POST", "/dashboard/v1/users", token, body: JsonSerializer.Serialize(new { externalId = $"member-{first + at}", email = $"m{first + at}@members.example", nickname = $"Member {first + at}", lang = "en", timezone = "Europe/London" }))
            : null,
            (connection, n, body) => made[Creators * n + connection] = JsonElement.Parse(body.Span).GetProperty("userId").GetString()!);
        Succeeded(load);
        var random = new Random(first);
        var actions = new HttpLoad(host.Address, Loaders);
        var activityId = $"a{oulad.Assessments[0].Id}";
        actions.Run((connection, n) => Loaders * n + connection is var at && at < (count + ActionsPerBatch - 1) / ActionsPerBatch
            ? HttpLoad.Request("POST", "/dashboard/v1/activity-logs/batch", token, body: JsonSerializer.Serialize(new
            {
                items = made.Skip(at * ActionsPerBatch).Take(ActionsPerBatch).Select(userId => new { activityId, userId, activityLogId = $"of-{userId}", outcome = "SUCCESS", value = random.Next(1, 101) }),
            }))
            : null);
        Succeeded(actions);
        for (var at = 0; at < count; at++)
        {
            userIds[$"member-{first + at}"] = made[at];
        }
    }

    public void Dispose() => http.Dispose();

    public static void Succeeded(HttpLoad load)
    {
        if (load.Failures > 0)
        {
            throw new InvalidOperationException($"{load.Failures} requests failed, the first with {load.FirstFailure}");
        }
    }

    /// <summary>Every submission as a request; a student's own stay in order on one connection.</summary>
    public byte[][][] Requests(int connections)
    {
        var requests = Enumerable.Range(0, connections).Select(_ => new List<byte[]>()).ToArray();
        var turn = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var submission in oulad.Submissions)
        {
            if (!userIds.TryGetValue(submission.StudentId, out var userId))
            {
                continue;
            }
            if (!turn.TryGetValue(submission.StudentId, out var connection))
            {
                turn[submission.StudentId] = connection = turn.Count % connections;
            }
            requests[connection].Add(HttpLoad.Request("POST", "/app/v1/activity-logs", AppToken, body: JsonSerializer.Serialize(new
            {
                activityId = $"a{submission.Assessment.Id}", userId, outcome = submission.Score >= 40 ? "SUCCESS" : "FAILURE", value = submission.Score ?? 0,
                activityLogId = $"{submission.Assessment.Id}-{submission.StudentId}", completedAt = submission.At,
                additionalData = new { daysEarly = (submission.Assessment.Due ?? submission.Day) - submission.Day },
            })));
        }
        return [.. requests.Select(list => list.ToArray())];
    }

    /// <summary>Creates and publishes; the id it got.</summary>
    async Task<string> Publish(string kind, string? id, string idName, Dictionary<string, object?> fields)
    {
        if (id is not null)
        {
            fields[idName] = id;
        }
        fields["defaultLang"] = "en";
        fields["translations"] = kind is "mission-rules" or "reward-rules" ? new[] { new { lang = "en", description = "Benchmark" } } : (object)new[] { new { lang = "en", label = "Benchmark" } };
        var created = await Post(kind, fields);
        var made = created.GetProperty(idName).GetString()!;
        await Post($"{kind}/{made}/publish", null);
        return made;
    }

    Task<JsonElement> Post(string path, object? body) => Send(HttpMethod.Post, new($"/dashboard/v1/{path}", UriKind.Relative), body);

    async Task<JsonElement> Send(HttpMethod method, Uri path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return !response.IsSuccessStatusCode ? throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {text}")
            : text.Length == 0 ? default : JsonElement.Parse(text);
    }

    static JsonElement Logic(string json) => JsonElement.Parse(json);

    const string Board = """
        {
          "runtimeLeaderboardConfigurationId": "marks-board", "name": "Marks", "displayTopN": 10, "showRank": true, "showScore": true, "defaultLang": "en",
          "query": {
            "from": { "sources": [{ "table": "users", "alias": "u" }] },
            "with": [{
              "name": "earned",
              "query": {
                "from": {
                  "sources": [{ "table": "virtual_transactions", "alias": "t" }],
                  "where": { "and": [
                    { "==": [{ "var": "t.virtualCurrencyId" }, "marks"] },
                    { "==": [{ "var": "t.direction" }, "CREDIT"] },
                    { "==": [{ "var": "t.state" }, "COMPLETED"] }] }
                },
                "select": { "fields": [{ "source": "t.userId", "alias": "userId" }], "expressions": [{ "name": "total", "expression": { "sum": { "var": "t.amount" } } }] },
                "groupBy": { "columns": ["t.userId"] }
              },
              "join": { "type": "INNER", "on": { "==": [{ "var": "u.userId" }, { "var": "earned.userId" }] } }
            }],
            "select": { "fields": [{ "source": "u.userId", "alias": "entityId" }], "expressions": [{ "name": "score", "expression": { "var": "earned.total" } }] },
            "orderBy": { "expressions": [{ "expression": { "var": "score" }, "direction": "DESC" }] }
          },
          "translations": [{ "lang": "en", "label": "Marks", "scoreLabel": "marks" }]
        }
        """;
}
