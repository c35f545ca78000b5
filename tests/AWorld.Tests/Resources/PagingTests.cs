using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Tests.Resources;

public sealed class PagingTests(ResourcePlatform fixture) : IClassFixture<ResourcePlatform>
{
    [Theory, MemberData(nameof(ResourceCases.Paths), MemberType = typeof(ResourceCases))]
    public async Task Paging_with_any_limit_gives_each_entity_once_and_in_order(string path)
    {
        var kind = ResourceCases.Of(path);
        var (dashboard, prepared) = await fixture.Prepare();
        for (var made = 0; made < 12; made++)
        {
            fixture.Clock.Advance(TimeSpan.FromMilliseconds(made % 3));
            await dashboard.Create(path, prepared);
        }
        var all = (await dashboard.Get($"{kind.Root}?limit=100&order=asc")).Items().Select(item => item.Text(kind.IdName)).ToList();
        all.Count.ShouldBeGreaterThanOrEqualTo(12);

        Prop.ForAll(Gen.Choose(1, 16).ToArbitrary(), Gen.Elements("asc", "desc").ToArbitrary(), (limit, order) =>
        {
            var paged = Pages(dashboard, $"{kind.Root}?limit={limit}&order={order}", limit).GetAwaiter().GetResult().Select(item => item.Text(kind.IdName)).ToList();
            var expected = order == "asc" ? all : [.. all.AsEnumerable().Reverse()];
            return paged.SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Fact]
    public async Task Paging_while_others_write_misses_nothing_that_stays_as_it_is()
    {
        var kind = ResourceCases.Of("activities");
        var (dashboard, prepared) = await fixture.Prepare();
        List<string> still = [], moving = [];
        for (var made = 0; made < 10; made++)
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            still.Add(await dashboard.Create(kind.Path, prepared));
            moving.Add(await dashboard.Create(kind.Path, prepared));
        }
        var seen = new List<string>();
        string? token = null;
        do
        {
            var page = await dashboard.Get($"{kind.Root}?limit=3&order=asc{(token is null ? "" : $"&nextToken={token}")}");
            seen.AddRange(page.Items().Select(item => item.Text(kind.IdName)));
            token = page.Has("nextToken") ? page.Text("nextToken") : null;
            if (moving.Count > 0)
            {
                fixture.Clock.Advance(TimeSpan.FromSeconds(1));
                await dashboard.Put(kind.At(moving[^1]), kind.Update(prepared, moving[^1]));
                moving.RemoveAt(moving.Count - 1);
            }
        }
        while (token is not null);

        still.ShouldAllBe(id => seen.Count(one => one == id) == 1);
        seen.Distinct().Count().ShouldBeGreaterThanOrEqualTo(20);
    }

    [Fact]
    public async Task A_token_is_only_good_for_the_list_and_query_it_was_made_for()
    {
        var kind = ResourceCases.Of("activities");
        var workspace = fixture.Workspace();
        var dashboard = workspace.Dashboard();
        var prepared = await Prepared.In(dashboard);
        for (var made = 0; made < 3; made++)
        {
            await dashboard.Create(kind.Path, prepared);
        }
        var token = (await dashboard.Get($"{kind.Root}?limit=1&order=asc")).Text("nextToken");
        await dashboard.Get($"{kind.Root}?limit=2&order=asc&nextToken={token}");

        var stranger = fixture.Workspace().Dashboard();
        await Named(stranger, $"{kind.Root}?limit=1&order=asc&nextToken={token}");
        await Named(dashboard, $"{kind.Root}?limit=1&order=desc&nextToken={token}");
        await Named(dashboard, $"{kind.Root}?limit=1&nextToken={token}");
        await Named(dashboard, $"/dashboard/v1/tags?limit=1&order=asc&nextToken={token}");
        for (var index = 0; index < token.Length; index++)
        {
            var changed = $"{token[..index]}{(token[index] == 'A' ? 'B' : 'A')}{token[(index + 1)..]}";
            await Named(dashboard, $"{kind.Root}?limit=1&order=asc&nextToken={changed}");
        }
        await Named(dashboard, $"{kind.Root}?limit=1&order=asc&nextToken={token}AAAA");

        static async Task Named(HttpClient client, string at) => (await client.Refused(400, HttpMethod.Get, at)).Fields.ShouldBe(["nextToken"]);
    }

    static async Task<List<JsonElement>> Pages(HttpClient client, string list, int limit)
    {
        var items = new List<JsonElement>();
        string? token = null;
        do
        {
            var page = await client.Get($"{list}{(token is null ? "" : $"&nextToken={token}")}");
            page.Items().Count.ShouldBeInRange(1, limit);
            items.AddRange(page.Items());
            token = page.Has("nextToken") ? page.Text("nextToken") : null;
        }
        while (token is not null);
        return items;
    }
}
