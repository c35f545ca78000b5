using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AWorld.Embedded.Demo;
using AWorld.Platform;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>
/// A few days in a development workspace with something of every lifecycle: the same whenever it is told. Whoever
/// tells it repeats what got no answer, as clients do.
/// </summary>
sealed class LifecycleStory(HttpClient dashboard, HttpClient app)
{
    public const int People = 120, Days = 5, Erased = 7, ErasedOn = 2;
    const int AtOnce = 6;
    static readonly string[] Zones = ["Pacific/Kiritimati", "Asia/Kathmandu", "Europe/Rome", "America/New_York"];
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    static readonly object Query = new
    {
        from = new { sources = new[] { new { table = "users", alias = "u" } } },
        with = new[]
        {
            new
            {
                name = "earned",
                query = new
                {
                    from = new
                    {
                        sources = new[] { new { table = "virtual_transactions", alias = "t" } },
                        where = JsonElement.Parse("""{ "and": [{ "==": [{ "var": "t.virtualCurrencyId" }, "points"] }, { "==": [{ "var": "t.direction" }, "CREDIT"] }, { "==": [{ "var": "t.state" }, "COMPLETED"] }] }"""),
                    },
                    select = JsonElement.Parse("""{ "fields": [{ "source": "t.userId", "alias": "userId" }], "expressions": [{ "name": "total", "expression": { "sum": { "var": "t.amount" } } }] }"""),
                    groupBy = new { columns = new[] { "t.userId" } },
                },
                join = JsonElement.Parse("""{ "type": "INNER", "on": { "==": [{ "var": "u.userId" }, { "var": "earned.userId" }] } }"""),
            },
        },
        select = JsonElement.Parse("""{ "fields": [{ "source": "u.userId", "alias": "entityId" }], "expressions": [{ "name": "score", "expression": { "var": "earned.total" } }] }"""),
        orderBy = JsonElement.Parse("""{ "expressions": [{ "expression": { "var": "score" }, "direction": "DESC" }] }"""),
    };

    public static IReadOnlyList<string> Rules { get; } = ["daily", "daily-too", "everywhere", "team"];
    public IReadOnlyList<string> Users { get; private set; } = [];
    public int NumberOf(string userId) => Users.Index().Single(user => user.Item == userId).Index;

    /// <summary>Before the first of the days.</summary>
    public async Task Prepare()
    {
        await Dashboard(HttpMethod.Put, "test-clock", new { now = "2030-01-06T08:00:00Z" });
        await Published("virtual-currencies", new { virtualCurrencyId = "medals", name = "Medals" });
        await Published("virtual-currencies", new { virtualCurrencyId = "fading", name = "Fading", creditsExpireAfter = "P2D" });
        await Published("virtual-currencies", new { virtualCurrencyId = "shares", name = "Shares" });
        var team = (await Published("tags", new { name = "Team", @namespace = "team", variant = "red" }, "tagId"))!;
        foreach (var (id, type, target) in new[] { ("walks", "INDIVIDUAL", 2), ("long-walks", "INDIVIDUAL", 3), ("together", "GROUP", 5) })
        {
            await Published("mission-configurations", new
            {
                missionConfigurationId = id, name = id, missionType = type, matchType = "ENTITY", matchEntity = "Activity", matchCondition = true, incrementExpression = 1, targetAmountExpression = target,
            });
        }
        await Published("reward-rules", new
        {
            name = "Shares for all", ruleType = "INSTANCE", matchEntity = "Mission", matchEntityId = "together", matchCondition = true, applicationMode = "ALWAYS",
            rewards = new[] { new { rewardType = "VIRTUAL_CURRENCY", virtualCurrencyId = "shares", redemptionMode = "AUTO", expression = JsonElement.Parse("""{ "*": [{ "var": "event.currentAmount" }, 3] }""") } },
        }, "rewardRuleId");
        await Dashboard(HttpMethod.Post, "runtime-leaderboard-configurations", new
        {
            runtimeLeaderboardConfigurationId = "day", name = "Day", query = Query, defaultLang = "en", translations = new[] { new { lang = "en", label = "Day" } },
            prizes = new[] { new { fromRank = 1, toRank = 1, virtualCurrencyId = "medals", amount = 10 }, new { fromRank = 1, toRank = 3, virtualCurrencyId = "medals", amount = 5 } },
        });
        await Dashboard(HttpMethod.Post, "runtime-leaderboard-configurations/day/instances", new
        {
            timeframeType = "RECURRING", recurrence = "DAILY", timeframeTimezoneType = "FIXED", timeframeTimezone = "Etc/UTC", timeframeStartsAt = "2030-01-07T00:00:00Z",
        });
        Users = await Each(Enumerable.Range(0, People), async n =>
        {
            var made = await Dashboard(HttpMethod.Post, "users", new { externalId = $"p{n}", email = $"p{n}@example.org", timezone = Zones[n % Zones.Length] }, $"user-{n}");
            var userId = made.GetProperty("userId").GetString()!;
            if (n % 5 == 0)
            {
                await Dashboard(HttpMethod.Post, $"users/{userId}/tags/{team}", null);
            }
            return userId;
        });
        foreach (var rule in Rules)
        {
            await Publish(rule, team);
        }
    }

    Task<string?> Publish(string rule, string team) => Published("mission-rules", new
    {
        missionRuleId = rule, name = rule, missionType = rule == "team" ? "GROUP" : "INDIVIDUAL", groupTagId = rule == "team" ? team : null, usersMatchCondition = rule == "team" ? (bool?)null : true,
        missionsMatchCondition = true, missionConfigurationsPool = new[] { rule switch { "team" => "together", "everywhere" => "long-walks", _ => "walks" } },
        timeframeType = "RECURRING", recurrence = "DAILY", timeframeStartsAt = "2030-01-07T00:00:00Z", timeframeEndsAt = "2030-01-12T00:00:00Z",
        timeframeTimezoneType = rule == "everywhere" ? "USER" : "FIXED", timeframeTimezone = rule == "everywhere" ? null : "Etc/UTC", assignmentMode = "SCHEDULED_PUSH",
    });

    /// <summary>What people do on a day, side by side.</summary>
    public Task Act(int day) => Each(Enumerable.Range(0, People), async n =>
    {
        if (n == Erased && day >= ErasedOn)
        {
            if (day == ErasedOn)
            {
                await Dashboard(HttpMethod.Delete, $"users/{Users[n]}", null);
            }
            return n;
        }
        // The first ten differ in how much they do, so that nobody ties for a prize.
        for (var walk = 0; walk < (n < 10 && n != Erased ? 2 + (n + day) % 10 : n % 4); walk++)
        {
            await App("activity-logs", new { activityId = "recycle", userId = Users[n], activityLogId = $"d{day}-p{n}-{walk}", additionalData = new { walk } });
        }
        await Pay(day, n);
        return n;
    });

    /// <summary>A third of those who are promised something redeem it, a third is turned down, and a third lets it expire; others are given what fades, and give some of it on.</summary>
    async Task Pay(int day, int n)
    {
        var expires = $"2030-01-{8 + day:00}T02:00:00Z";
        if (n % 4 == 1)
        {
            var made = await Dashboard(HttpMethod.Post, "virtual-transactions",
                new { transactions = new[] { new { virtualCurrencyId = "points", redemptionMode = "MANUAL", amount = 100 + n, destinationUserId = Users[n], expiresAt = expires, additionalData = new { note = "from the story" } } } }, $"promise-{day}-{n}");
            var id = made.GetProperty("transactions")[0].GetProperty("virtualTransactionId").GetString();
            if (n % 3 == 0)
            {
                await App($"virtual-transactions/{id}/redeem", null, Users[n]);
            }
            else if (n % 3 == 1)
            {
                await Dashboard(HttpMethod.Post, $"virtual-transactions/{id}/reject", new { userId = Users[n], reason = "the story has it so" });
            }
        }
        else if (n % 4 == 2)
        {
            await Dashboard(HttpMethod.Post, "virtual-transactions", new { transactions = new[] { new { virtualCurrencyId = "fading", redemptionMode = "AUTO", amount = 10, destinationUserId = Users[n] } } }, $"fading-{day}-{n}");
            await Dashboard(HttpMethod.Post, "virtual-transactions", new { transactions = new[] { new { virtualCurrencyId = "fading", redemptionMode = "AUTO", amount = 4, sourceUserId = Users[n], destinationUserId = Users[(n + 4) % People] } } }, $"given-{day}-{n}");
        }
    }

    /// <param name="name">Moves the clock once, however often it is asked to.</param>
    public Task Advance(string name, string by) => Dashboard(HttpMethod.Post, "test-clock/advance", new { by }, name);

    public Task<JsonElement> Look(string path) => Dashboard(HttpMethod.Get, path, null);
    public Task<JsonElement> Look(string path, string userId) => Insist(app, HttpMethod.Get, $"/app/v1/{path}", null, userId, null);

    /// <summary>Null: there is none.</summary>
    public async Task<JsonElement?> Find(string path)
    {
        using var response = await dashboard.GetAsync(new Uri($"/dashboard/v1/{path}", UriKind.Relative));
        return response.StatusCode == HttpStatusCode.NotFound ? null : JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
    }

    async Task<string?> Published(string kind, object draft, string? idField = null)
    {
        var body = JsonSerializer.SerializeToNode(draft, Json.Options)!.AsObject();
        body["defaultLang"] = "en";
        body["translations"] = JsonSerializer.SerializeToNode(new[] { kind is "mission-rules" or "reward-rules" ? (object)new { lang = "en", description = "Text" } : new { lang = "en", label = "Text" } });
        var made = await Dashboard(HttpMethod.Post, kind, body);
        var id = made.GetProperty(idField ?? body.First().Key).GetString();
        await Dashboard(HttpMethod.Post, $"{kind}/{id}/publish", null);
        return id;
    }

    static async Task<T[]> Each<T>(IEnumerable<int> all, Func<int, Task<T>> act)
    {
        var done = new T[all.Count()];
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (n, _) => done[n] = await act(n));
        return done;
    }

    Task<JsonElement> App(string path, object? body, string? userId = null) => Insist(app, HttpMethod.Post, $"/app/v1/{path}", body, userId, null);
    Task<JsonElement> Dashboard(HttpMethod method, string path, object? body, string? key = null) => Insist(dashboard, method, $"/dashboard/v1/{path}", body, null, key);

    /// <summary>Until there is an answer: the host may be down, or busy with what it left.</summary>
    static async Task<JsonElement> Insist(HttpClient client, HttpMethod method, string path, object? body, string? userId, string? key)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            waited.Elapsed.ShouldBeLessThan(Patience, $"{method} {path} must be answered");
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(Json.Bytes(body)) { Headers = { ContentType = new("application/json") } } };
            request.Headers.Add("x-idempotency-key", key is null ? [] : [key]);
            request.Headers.Add("x-user-id", userId is null ? [] : [userId]);
            try
            {
                using var response = await client.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                {
                    return text.Length == 0 ? default : JsonElement.Parse(text);
                }
                response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, $"{method} {path}: {text}");
            }
            catch (HttpRequestException)
            {
                // Killed; it will be there again.
            }
        }
    }
}
