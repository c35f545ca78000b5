using AWorld.Activities;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Resources;

public sealed class SnapshotTests
{
    [Fact]
    public async Task A_change_is_in_the_next_snapshot_and_nothing_else_makes_a_new_one()
    {
        await using var platform = await TestPlatform.Start();
        var (dashboard, snapshots) = (platform.Dashboard(), platform.Service<Snapshots>());
        var prepared = await Prepared.In(dashboard);

        var draft = await snapshots.Get(platform.Tenant, CancellationToken.None);
        draft.Find<Activity>(prepared.ActivityId).ShouldBeNull();
        draft.FindAtAnyStage<Activity>(prepared.ActivityId)!.Name.ShouldBe("Read");
        (await snapshots.Get(platform.Tenant, CancellationToken.None)).ShouldBeSameAs(draft);

        await dashboard.Post($"/dashboard/v1/activities/{prepared.ActivityId}/publish");
        await dashboard.Post($"/dashboard/v1/activities/{prepared.ActivityId}/tags/{prepared.TagId}");
        var published = await snapshots.Get(platform.Tenant, CancellationToken.None);
        published.Version.ShouldBeGreaterThan(draft.Version);
        published.Published<Activity>().Single().Tags.Single().TagId.ShouldBe(prepared.TagId);
        draft.Published<Activity>().ShouldBeEmpty();

        await dashboard.Refused(400, HttpMethod.Post, "/dashboard/v1/activities", new { });
        (await snapshots.Get(platform.Tenant, CancellationToken.None)).ShouldBeSameAs(published);
        (await snapshots.Get(platform.Sibling.Tenant, CancellationToken.None)).Published<Activity>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Loads_at_the_same_time_are_shared()
    {
        await using var platform = await TestPlatform.Start();
        var snapshots = platform.Service<Snapshots>();
        var loaded = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => snapshots.Get(platform.Tenant, CancellationToken.None).AsTask()));
        loaded.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Another_node_sees_a_change_within_a_second()
    {
        await using var platform = await TestPlatform.Start();
        using var elsewhere = new Snapshots(platform.Service<IDocumentStore>(), platform.Service<IEnumerable<Resource>>(),
            Options.Create(new SnapshotOptions { CheckEvery = TimeSpan.FromSeconds(1) }), platform.Clock);
        var dashboard = platform.Dashboard();
        var prepared = await Prepared.In(dashboard);
        (await elsewhere.Get(platform.Tenant, CancellationToken.None)).Published<Activity>().ShouldBeEmpty();

        await dashboard.Post($"/dashboard/v1/activities/{prepared.ActivityId}/publish");
        platform.Clock.Advance(TimeSpan.FromSeconds(1));

        (await elsewhere.Get(platform.Tenant, CancellationToken.None)).Published<Activity>().Single().Id.ShouldBe(prepared.ActivityId);
    }

    sealed class Signals : IConfigurationSignal
    {
        Action<Tenant, string> heard = static (_, _) => { };

        public void Send(Tenant tenant, string kind) => heard(tenant, kind);

        public void Listen(Action<Tenant, string> changed) => heard += changed;
    }

    [Fact]
    public async Task A_node_that_is_told_of_a_change_sees_it_at_once()
    {
        await using var platform = await TestPlatform.Start();
        var (resources, signals) = (platform.Service<IEnumerable<Resource>>().ToList(), new Signals());
        Snapshots Node() => new(platform.Service<IDocumentStore>(), resources, Options.Create(new SnapshotOptions { CheckEvery = TimeSpan.FromSeconds(1) }), platform.Clock, signals);
        using var here = Node();
        using var elsewhere = Node();
        var dashboard = platform.Dashboard();
        var prepared = await Prepared.In(dashboard);
        (await elsewhere.Get(platform.Tenant, CancellationToken.None)).Published<Activity>().ShouldBeEmpty();

        await dashboard.Post($"/dashboard/v1/activities/{prepared.ActivityId}/publish");
        (await elsewhere.Get(platform.Tenant, CancellationToken.None)).Published<Activity>().ShouldBeEmpty();
        here.Changed(platform.Tenant, resources.Single(resource => resource.ClrType == typeof(Activity)).Path);

        (await elsewhere.Get(platform.Tenant, CancellationToken.None)).Published<Activity>().Single().Id.ShouldBe(prepared.ActivityId);
    }
}
