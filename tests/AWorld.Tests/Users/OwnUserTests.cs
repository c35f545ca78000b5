using System.Text;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Tests.Users;

public sealed class OwnUserTests : IAsyncLifetime
{
    const string Users = "/dashboard/v1/users";

    TestPlatform platform = null!;
    HttpClient dashboard = null!;
    string userId = null!;

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        dashboard = platform.Dashboard();
        userId = (await dashboard.Post(Users, new { email = "anna@example.org", firstName = "Anna", externalId = "hr-anna", nickname = "Annabella" })).Text("userId");
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    async Task<string> Tag(string variant) =>
        (await dashboard.Post("/dashboard/v1/tags", new { @namespace = "department", variant, defaultLang = "en", translations = new[] { new { lang = "en", label = variant } } })).Text("tagId");

    [Fact]
    public async Task A_user_reads_and_changes_what_is_theirs()
    {
        var app = platform.App(userId);
        var changed = await app.Patch("/app/v1/users/me", new { nickname = "Änne", lang = "de", timezone = "Europe/Berlin", externalId = "not-mine-to-set" });
        (changed.Text("nickname"), changed.Text("externalId")).ShouldBe(("Änne", "hr-anna"));
        (await app.Get("/app/v1/users/me?fields=stats,principal")).Text("principal.email").ShouldBe("anna@example.org");
        (await app.Get("/app/v1/users/me/principal")).Text("firstName").ShouldBe("Anna");
        (await app.Get("/app/v1/users/me/stats")).ToString().ShouldBe("""{"completedPaths":0,"quizSuccessRate":0,"learningMinutes":0,"totalActivities":0}""");
        (await app.Refused(400, HttpMethod.Patch, "/app/v1/users/me", new { timezone = "Nowhere" })).Fields.ShouldBe(["timezone"]);
        await platform.App("nobody").Refused(404, HttpMethod.Get, "/app/v1/users/me");
        (await platform.Machine("app/read").Refused(400, HttpMethod.Get, "/app/v1/users/me")).Fields.ShouldBe(["x-user-id"]);
        (await platform.Machine("app/read").Get("/app/v1/users/me", ("x-user-id", userId))).Text("userId").ShouldBe(userId);
    }

    [Fact]
    public async Task Tags_are_assigned_to_users_and_seen_by_them()
    {
        var (sales, rome) = (await Tag("sales"), await Tag("rome"));
        await dashboard.Post($"{Users}/{userId}/tags", new { assignments = new[] { new { tagId = sales, priority = 2 }, new { tagId = rome, priority = 0 } } });
        (await dashboard.Get($"{Users}/{userId}/tags/{sales}")).Text("entityType").ShouldBe("User");
        (await dashboard.Patch($"{Users}/{userId}/tags/{sales}", new { priority = 5 })).Number("priority").ShouldBe(5);
        await dashboard.Delete($"{Users}/{userId}/tags/{rome}");

        var app = platform.App(userId);
        (await app.Get("/app/v1/users/me/tags")).Items().ShouldHaveSingleItem().Number("priority").ShouldBe(5);
        (await app.Get($"/app/v1/users/me/tags/{sales}")).Text("tagId").ShouldBe(sales);
        await app.Refused(404, HttpMethod.Get, $"/app/v1/users/me/tags/{rome}");
        (await dashboard.Get($"{Users}?fields=tags")).Text("items[0].tags[0].tagId").ShouldBe(sales);
        await platform.Sibling.Dashboard().Refused(404, HttpMethod.Get, $"{Users}/{userId}/tags");
        (await dashboard.Refused(400, HttpMethod.Post, $"{Users}/{userId}/tags", new { assignments = new[] { new { tagId = "unknown" } } })).Fields.ShouldBe(["assignments[0].tagId"]);
    }

    [Fact]
    public async Task Erasing_leaves_no_trace_of_the_person_and_may_be_repeated()
    {
        var activity = (await dashboard.Post("/dashboard/v1/activities", new { name = "Walk", type = "CUSTOM", defaultLang = "en", translations = new[] { new { lang = "en", title = "Walk", label = "Walk" } } })).Text("activityId");
        await dashboard.Post($"/dashboard/v1/activities/{activity}/publish");
        var app = platform.App(userId);
        await app.Post("/app/v1/activity-logs", new { activityId = activity, userId, additionalData = new { note = "secret-note" } });
        await app.Patch("/app/v1/users/me", new { nickname = "Annabella II" }, ("x-idempotency-key", "k"));
        var sibling = (await platform.Sibling.Dashboard().Post(Users, new { email = "bob@example.org" })).Text("userId");

        (await dashboard.Delete($"{Users}/{userId}")).ToString().ShouldBe($$"""{"userId":"{{userId}}","deleted":true}""");
        (await dashboard.Delete($"{Users}/{userId}")).Flag("deleted").ShouldBeTrue();
        await app.Refused(401, HttpMethod.Get, "/app/v1/users/me");
        await dashboard.Refused(404, HttpMethod.Get, $"{Users}/{userId}");
        await dashboard.Refused(404, HttpMethod.Get, $"{Users}/by-external-id/hr-anna");
        await dashboard.Refused(404, HttpMethod.Patch, $"{Users}/{userId}", new { nickname = "again" });
        await dashboard.Refused(404, HttpMethod.Delete, $"{Users}/nobody");
        (await dashboard.Get(Users)).Items().ShouldBeEmpty();

        foreach (var container in Enum.GetValues<Container>())
        {
            var page = await platform.Service<IDocumentStore>().Changes(container, "", StoreLimits.PageItems, default);
            foreach (var change in page.Items)
            {
                var text = $"{change.Document.Id} {Encoding.UTF8.GetString(change.Document.Body.Span)}";
                foreach (var trace in new[] { "anna@example", "Annabella", "hr-anna", "secret-note", EmailAddress.Hash("anna@example.org"), EmailAddress.Hash("anna@example.org", platform.Tenant.ToString()) })
                {
                    text.ShouldNotContain(trace);
                }
            }
        }
        // The others, and the same person coming back as a new user, are not touched by it.
        await platform.Sibling.Dashboard().Get($"{Users}/{sibling}");
        (await dashboard.Post(Users, new { email = "anna@example.org", externalId = "hr-anna" })).Text("userId").ShouldNotBe(userId);
    }
}
