using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AWorld.Tests.Resources;

/// <summary>What every kind of configuration entity can do, over HTTP.</summary>
public sealed class ResourceTests(ResourcePlatform fixture) : IClassFixture<ResourcePlatform>
{
    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task A_created_entity_is_read_back_as_it_was_sent(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var sent = kind.Body(prepared);
        sent["unknownToTheContract"] = 1;
        sent["stage"] = "PUBLISHED";

        using var response = await dashboard.Send(HttpMethod.Post, kind.Root, sent);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var created = await response.Body();
        var id = created.Text(kind.IdName);
        var read = await dashboard.Get($"{kind.At(id)}?fields=translations");

        foreach (var (name, value) in kind.Body(prepared).Where(field => field.Key != "translations"))
        {
            JsonElement.DeepEquals(read.At(name), JsonSerializer.SerializeToElement(Normal(name, value))).ShouldBeTrue($"{name} is {read.At(name)}");
        }
        read.Items("langs").Select(lang => lang.GetString()).ShouldBe(["en", "it"]);
        read.Items("translations")[1].Text(kind.Prose).ShouldBe(sent["translations"]![1]![kind.Prose]!.GetValue<string>());
        read.Items("translations")[1].Text("workspaceId").ShouldBe(created.Text("workspaceId"));
        created.Text("stage").ShouldBe("DRAFT");
        created.Text("origin").ShouldBe("CUSTOM");
        created.Text("sourceRegion").ShouldBe("eu-west-1");
        created.Text("createdAt").ShouldBe(created.Text("updatedAt"));
        created.Has("unknownToTheContract").ShouldBeFalse();
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Putting_an_entity_replaces_it_and_leaves_it_published(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        var before = await dashboard.Post($"{kind.At(id)}/publish");
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        var after = await dashboard.Put(kind.At(id), kind.Update(prepared, id));

        before.Text("stage").ShouldBe("PUBLISHED");
        after.Text("stage").ShouldBe("PUBLISHED");
        after.Text("createdAt").ShouldBe(before.Text("createdAt"));
        after.Text("updatedAt").ShouldNotBe(before.Text("updatedAt"));
        after.Number("version").ShouldBe(3);
        var changed = kind.Update(prepared, id);
        JsonNode.DeepEquals(changed, kind.Body(prepared)).ShouldBeFalse();
        foreach (var (name, value) in changed.Where(field => field.Key is not ("translations" or "langs" or "timeframeEndsAt")))
        {
            JsonElement.DeepEquals(after.At(name), JsonSerializer.SerializeToElement(Normal(name, value))).ShouldBeTrue($"{name} is {after.At(name)}");
        }
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Translations_have_distinct_languages_and_the_default_one(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        await Named(body => body["translations"]![1]!["lang"] = "en", "translations[1].lang");
        await Named(body => body["translations"]![1]!["lang"] = "english", "translations[1].lang");
        await Named(body => body["defaultLang"] = "fr", "defaultLang");
        await Named(body => body["translations"] = new JsonArray(), "translations");
        await Named(body => body["translations"]!.AsArray().Add(null), "translations[2]");
        await Named(body => body["translations"] = new JsonArray([.. "aa ab ac ad ae af ag ah ai aj en".Split(' ').Select(lang => In(lang, body["translations"]![0]!))]), "translations");
        if (kind.Label is { } label)
        {
            await Named(body => body["translations"]![0]![label] = "", $"translations[0].{label}");
            await Named(body => body["translations"]![0]!.AsObject().Remove(label), $"translations[0].{label}");
        }

        static JsonNode In(string lang, JsonNode translation)
        {
            var other = translation.DeepClone();
            other["lang"] = lang;
            return other;
        }

        async Task Named(Action<JsonObject> spoil, string field)
        {
            var body = kind.Body(prepared);
            spoil(body);
            (await dashboard.Refused(400, HttpMethod.Post, kind.Root, body)).Fields.ShouldContain(field);
        }
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task A_chosen_id_is_taken_once(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var body = kind.Body(prepared);
        body[kind.IdName] = "chosen:1@x";
        var created = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => dashboard.Send(HttpMethod.Post, kind.Root, body.DeepClone())));
        if (!kind.ChosenId)
        {
            created.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
            (await created[0].Body()).Text(kind.IdName).ShouldNotBe("chosen:1@x");
            return;
        }
        created.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        created.Count(response => response.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
        (await dashboard.Refused(409, HttpMethod.Post, kind.Root, body)).Code.ShouldBe("resource/already_exists");
        (await dashboard.Get(kind.At("chosen:1@x"))).Text(kind.IdName).ShouldBe("chosen:1@x");
        foreach (var wrong in new JsonNode[] { "", "a b", "a/b", "a~b", "è", new string('x', 129), 5 })
        {
            body[kind.IdName] = wrong.DeepClone();
            (await dashboard.Refused(400, HttpMethod.Post, kind.Root, body)).Fields.ShouldBe([kind.IdName]);
        }
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Its_history_keeps_every_version_and_who_made_it(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        await dashboard.Put(kind.At(id), kind.Update(prepared, id));
        await dashboard.Post($"{kind.At(id)}/publish");
        await dashboard.Post($"{kind.At(id)}/publish");

        var history = (await dashboard.Get($"{kind.At(id)}/history")).Items();

        history.Select(entry => entry.Text("change")).ShouldBe(["PUBLISHED", "UPDATED", "CREATED"]);
        history.Select(entry => entry.Number("version")).ShouldBe([3, 2, 1]);
        history.ShouldAllBe(entry => entry.Text("changedBy") == "dashboard-user");
        history[2].Text("stage").ShouldBe("DRAFT");
        history[2].Items("translations").Count.ShouldBe(2);
        (await dashboard.Get($"{kind.At(id)}/history?order=asc&limit=2")).Items().Select(entry => entry.Number("version")).ShouldBe([1, 2]);
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Its_translations_are_listed_in_the_order_of_their_updates(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var update = kind.Update(prepared, id);
        update["translations"]![0]![kind.Prose] = "changed";
        await dashboard.Put(kind.At(id), update);

        var answer = await dashboard.Get($"{kind.TranslationsOf(id)}?sort=updatedAt&order=asc");
        var texts = kind.BareTranslations ? answer.EnumerateArray().ToList() : answer.Items();

        texts.Select(text => text.Text("lang")).ShouldBe(["it", "en"]);
        texts[0].Text("updatedAt").ShouldBe(texts[0].Text("createdAt"));
        texts[1].Text("updatedAt").ShouldNotBe(texts[1].Text("createdAt"));
        texts[1].Text(kind.Prose).ShouldBe("changed");
        texts.ShouldAllBe(text => text.Text(kind.IdName) == id);
        (await dashboard.Get($"{kind.At(id)}/translations")).ToString().ShouldContain("changed");
        using var first = await dashboard.Send(HttpMethod.Get, $"{kind.TranslationsOf(id)}?limit=1");
        var token = kind.BareTranslations ? first.Headers.GetValues("x-next-token").Single() : (await first.Body()).Text("nextToken");
        (await dashboard.Get($"{kind.TranslationsOf(id)}?limit=1&nextToken={token}")).ToString().ShouldContain("changed");
        await dashboard.Refused(404, HttpMethod.Get, kind.TranslationsOf("another"));
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Its_etag_saves_reads_and_refuses_stale_writes(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        using var read = await dashboard.Send(HttpMethod.Get, kind.At(id));
        var etag = read.Headers.ETag!.ToString();

        (await dashboard.Send(HttpMethod.Get, kind.At(id), null, ("If-None-Match", etag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var put = await dashboard.Send(HttpMethod.Put, kind.At(id), kind.Update(prepared, id), ("If-Match", etag));
        put.StatusCode.ShouldBe(HttpStatusCode.OK);
        put.Headers.ETag!.ToString().ShouldNotBe(etag);
        (await dashboard.Refused(412, HttpMethod.Put, kind.At(id), kind.Update(prepared, id), ("If-Match", etag))).Code.ShouldBe("business/precondition_failed");
        (await dashboard.Send(HttpMethod.Get, kind.At(id), null, ("If-None-Match", etag))).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var list = await dashboard.Send(HttpMethod.Get, kind.Root);
        (await dashboard.Send(HttpMethod.Get, kind.Root, null, ("If-None-Match", list.Headers.ETag!.ToString()))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task An_idempotency_key_creates_once(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var before = (await dashboard.Get(kind.Root)).Items().Count;
        (string, string) key = ("x-idempotency-key", $"once-{path}");

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            using var response = await dashboard.Send(HttpMethod.Post, kind.Root, kind.Body(prepared), key);
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
            response.Headers.GetValues("x-idempotency-key").ShouldBe([key.Item2]);
            return (Id: (await response.Body()).Text(kind.IdName), Hit: response.Headers.Contains("x-idempotency-cache-hit"));
        }));

        answers.Select(answer => answer.Id).Distinct().Count().ShouldBe(1);
        answers.Count(answer => !answer.Hit).ShouldBe(1);
        (await dashboard.Get(kind.Root)).Items().Count.ShouldBe(before + 1);
        var other = kind.Body(prepared);
        kind.Change(other);
        (await dashboard.Refused(409, HttpMethod.Post, kind.Root, other, key)).Code.ShouldBe("resource/conflict");
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Another_workspace_does_not_see_it(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        var stranger = fixture.Workspace().Dashboard();
        foreach (var (method, at, body) in new (HttpMethod, string, JsonObject?)[]
        {
            (HttpMethod.Get, kind.At(id), null), (HttpMethod.Get, $"{kind.At(id)}/history", null), (HttpMethod.Get, kind.TranslationsOf(id), null),
            (HttpMethod.Post, $"{kind.At(id)}/publish", null), (HttpMethod.Put, kind.At(id), kind.Update(prepared, id)),
        })
        {
            (await stranger.Refused(404, method, at, body)).Code.ShouldBe("resource/not_found");
        }
        (await stranger.Get(kind.Root)).Items().ShouldBeEmpty();
        (await dashboard.Get(kind.At(id))).Number("version").ShouldBe(1);
    }

    /// <summary>Instants are answered in UTC with milliseconds.</summary>
    static JsonNode? Normal(string name, JsonNode? value) => name switch
    {
        "timeframeStartsAt" => "2026-01-01T00:00:00.000Z",
        "timeframeEndsAt" => "2026-12-31T23:00:00.000Z",
        _ => value,
    };
}
