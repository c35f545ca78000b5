using System.Net;

namespace AWorld.Tests.Resources;

public sealed class TagOperationTests(ResourcePlatform fixture) : IClassFixture<ResourcePlatform>
{
    public static TheoryData<string> Tagged => [.. ResourceCases.All.Where(kind => kind.Tagged).Select(kind => kind.Path)];

    [Theory, MemberData(nameof(Tagged))]
    public async Task Tags_are_assigned_changed_listed_and_removed(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        var (all, one) = ($"{kind.At(id)}/tags", $"{kind.At(id)}/tags/{prepared.TagId}");

        var assigned = await dashboard.Post(all, new { assignments = new object[] { new { tagId = prepared.TagId, priority = 7 }, new { tagId = prepared.OtherTagId } } });
        assigned.Items("assignments").Select(tag => tag.Number("priority")).ShouldBe([7, 0]);
        assigned.Items("assignments").ShouldAllBe(tag => tag.Text(kind.IdName) == id && tag.Text("entityId") == id);
        (await dashboard.Get(all)).Items().Select(tag => tag.Text("tagId")).ShouldBe([prepared.OtherTagId, prepared.TagId], "by priority");
        var first = await dashboard.Get($"{all}?limit=1");
        (await dashboard.Get($"{all}?limit=1&nextToken={first.Text("nextToken")}")).Items().Single().Text("tagId").ShouldBe(prepared.TagId);

        (await dashboard.Patch(one, new { priority = 1 })).Number("priority").ShouldBe(1);
        (await dashboard.Patch(all, new { assignments = new[] { new { tagId = prepared.TagId, priority = 2 } } })).Number("assignments[0].priority").ShouldBe(2);
        (await dashboard.Get(one)).Number("priority").ShouldBe(2);
        (await dashboard.Get($"{kind.At(id)}?fields=tags")).Items("tags").Count.ShouldBe(2);

        using var removed = await dashboard.Send(HttpMethod.Delete, one);
        removed.StatusCode.ShouldBe(kind.Strict ? HttpStatusCode.OK : HttpStatusCode.NoContent);
        using var rest = await dashboard.Send(HttpMethod.Delete, all, new { assignments = new[] { new { tagId = prepared.OtherTagId } } });
        rest.StatusCode.ShouldBe(kind.Strict ? HttpStatusCode.OK : HttpStatusCode.NoContent);
        if (kind.Strict)
        {
            (await removed.Body()).Flag("deleted").ShouldBeTrue();
            (await rest.Body()).Flag("assignments[0].deleted").ShouldBeTrue();
        }
        (await dashboard.Get(all)).Items().ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Tagged))]
    public async Task Assigning_a_tag_again_is_a_conflict_only_where_the_contract_has_one(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var one = $"{kind.At(await dashboard.Create(path, prepared))}/tags/{prepared.TagId}";
        await dashboard.Post(one);
        using var again = await dashboard.Send(HttpMethod.Post, one, new { priority = 3 });
        again.StatusCode.ShouldBe(kind.Strict ? HttpStatusCode.Conflict : HttpStatusCode.OK);
        (await dashboard.Get(one)).Number("priority").ShouldBe(kind.Strict ? 0 : 3);
    }

    [Theory, MemberData(nameof(Tagged))]
    public async Task What_cannot_be_assigned_is_named_and_nothing_is_written(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create(path, prepared);
        var all = $"{kind.At(id)}/tags";
        await Named("assignments[1].tagId", new { tagId = prepared.TagId }, new { tagId = "unknown" });
        await Named("assignments[1].tagId", new { tagId = prepared.TagId }, new { tagId = prepared.TagId });
        await Named("assignments[0].priority", new { tagId = prepared.TagId, priority = -1 });
        await Named("assignments[0].tagId", new { priority = 1 });
        await Named("assignments");
        await Named("assignments", [.. Enumerable.Range(0, 26).Select(index => new { tagId = $"t{index}" })]);
        await dashboard.Refused(404, HttpMethod.Post, $"{all}/unknown", new { });
        await dashboard.Refused(404, HttpMethod.Patch, $"{all}/{prepared.TagId}", new { priority = 1 });
        await dashboard.Refused(404, HttpMethod.Delete, $"{all}/{prepared.TagId}");
        await dashboard.Refused(404, HttpMethod.Get, $"{all}/{prepared.TagId}");
        await dashboard.Refused(404, HttpMethod.Patch, all, new { assignments = new[] { new { tagId = prepared.TagId } } });
        await dashboard.Refused(404, HttpMethod.Delete, all, new { assignments = new[] { new { tagId = prepared.TagId } } });
        await dashboard.Refused(404, HttpMethod.Post, $"{kind.At("unknown")}/tags/{prepared.TagId}", new { });
        (await dashboard.Get(kind.At(id))).Number("version").ShouldBe(1);

        async Task Named(string field, params object[] assignments) =>
            (await dashboard.Refused(400, HttpMethod.Post, all, new { assignments })).Fields.ShouldBe([field]);
    }

    [Fact]
    public async Task Tags_assigned_at_the_same_time_are_all_there()
    {
        var (dashboard, prepared) = await fixture.Prepare();
        var id = await dashboard.Create("activities", prepared);
        var tags = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => dashboard.Create("tags", prepared)));
        await Task.WhenAll(tags.Select(tag => dashboard.Post($"/dashboard/v1/activities/{id}/tags/{tag}")));
        (await dashboard.Get($"/dashboard/v1/activities/{id}/tags")).Items().Select(tag => tag.Text("tagId")).ShouldBe(tags, ignoreOrder: true);
    }
}
