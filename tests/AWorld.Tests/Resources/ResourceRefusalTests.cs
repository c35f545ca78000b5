using System.Text.Json.Nodes;

namespace AWorld.Tests.Resources;

/// <summary>What every kind of configuration entity refuses, and what it names.</summary>
public sealed class ResourceRefusalTests(ResourcePlatform fixture) : IClassFixture<ResourcePlatform>
{
    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task A_put_names_what_it_lacks_and_an_id_that_is_not_its_own(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        foreach (var name in kind.PutNames ?? [])
        {
            var body = kind.Update(prepared, id);
            body.Remove(name);
            (await dashboard.Refused(400, HttpMethod.Put, kind.At(id), body)).Fields.ShouldBe([name]);
        }
        var other = kind.Update(prepared, "another");
        (await dashboard.Refused(400, HttpMethod.Put, kind.At(id), other)).Fields.ShouldBe([kind.IdName]);
        (await dashboard.Refused(404, HttpMethod.Put, kind.At("another"), other)).Code.ShouldBe("resource/not_found");
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Every_required_field_that_is_missing_is_named(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        string[] optional = ["matchEntityId", "minAllowedBalance", "maxAllowedBalance", "icon", "missionConfigurationsPool", "storyId", "source"];
        var before = (await dashboard.Get(kind.Root)).Items().Count;
        foreach (var (name, _) in kind.Body(prepared).Where(field => !optional.Contains(field.Key)))
        {
            var body = kind.Body(prepared);
            body.Remove(name);
            (await dashboard.Refused(400, HttpMethod.Post, kind.Root, body)).Fields.ShouldContain(name);
        }
        (await dashboard.Get(kind.Root)).Items().Count.ShouldBe(before, "nothing is written");
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Every_field_of_the_wrong_type_is_named(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        string[] anything = ["matchCondition", "incrementExpression", "targetAmountExpression", "usersMatchCondition", "missionsMatchCondition"];
        foreach (var (name, _) in kind.Body(prepared).Where(field => !anything.Contains(field.Key)))
        {
            foreach (var wrong in new JsonNode[] { new JsonObject { ["a"] = 1 }, true })
            {
                var body = kind.Body(prepared);
                body[name] = wrong;
                (await dashboard.Refused(400, HttpMethod.Post, kind.Root, body)).Fields.ShouldBe([name], $"{name} as {wrong}");
            }
        }
    }

    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Query_values_that_make_no_sense_are_named(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        foreach (var list in new[] { kind.Root, kind.TranslationsOf(id) })
        {
            foreach (var wrong in new[] { "limit=0", "limit=-1", "limit=ten", "limit=1.5", "limit=1&limit=2", "order=up", "order=ASC", "sort=name", "nextToken=abc", "nextToken=%00" })
            {
                (await dashboard.Refused(400, HttpMethod.Get, $"{list}?{wrong}")).Fields.ShouldBe([wrong[..wrong.IndexOf('=')]], wrong);
            }
            await dashboard.Get($"{list}?limit=99999999999999999999999&order=desc&sort=updatedAt&unknown=1");
        }
        foreach (var at in new[] { kind.Root, kind.At(id) })
        {
            (await dashboard.Refused(400, HttpMethod.Get, $"{at}?fields=translations,nothing")).Fields.ShouldBe(["fields"]);
        }
        if (!kind.Tagged)
        {
            (await dashboard.Refused(400, HttpMethod.Get, $"{kind.Root}?fields=tags")).Fields.ShouldBe(["fields"]);
        }
        (await dashboard.Get(kind.Root)).Items()[0].Has("translations").ShouldBe(!kind.FieldsOnList);
        (await dashboard.Get(kind.At(id))).Has("translations").ShouldBe(!kind.FieldsOnGet);
        (await dashboard.Get($"{kind.Root}?fields=translations")).Items()[0].Has("translations").ShouldBeTrue();
    }
}
