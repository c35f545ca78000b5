namespace AWorld.Tests.Integrations;

/// <summary>What was found by attacking the endpoints of integrations.</summary>
public sealed class HostileIntegrationTests
{
    const string Path = "/dashboard/v1/webhook-endpoints";

    [Fact]
    public async Task A_workspace_has_no_more_webhook_endpoints_than_it_may_however_many_are_made_at_once()
    {
        await using var platform = await TestPlatform.Start(settings: ("AWorld:Webhooks:EndpointsPerWorkspace", "3"));
        var dashboard = platform.Dashboard();
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var answer = await dashboard.Send(HttpMethod.Post, Path, new { url = "https://example.org/events" });
            return (int)answer.StatusCode;
        }));
        made.CountBy(static status => status).OrderBy(static one => one.Key).ShouldBe([new(201, 3), new(400, 13)]);
        var all = (await dashboard.Get(Path)).Items();
        all.Count.ShouldBe(3);
        await dashboard.Delete($"{Path}/{all[0].Text("webhookEndpointId")}");
        await dashboard.Post(Path, new { url = "https://example.org/events" });
    }

    [Fact]
    public async Task A_workspace_has_no_more_sources_of_hooks_than_it_may_however_many_are_made_at_once()
    {
        await using var platform = await TestPlatform.Start();
        var dashboard = platform.Dashboard();
        async Task<int> Make()
        {
            using var answer = await dashboard.Send(HttpMethod.Post, "/dashboard/v1/inbound-sources", """{ "name": "Vendor", "eventSource": "/vendor", "authentication": {}, "mapping": { "id": "1", "type": "hr.worker.left", "data": { "externalId": "ada" } } }""");
            return (int)answer.StatusCode;
        }
        for (var made = 0; made < 99; made++)
        {
            (await Make()).ShouldBe(201);
        }
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Make()));
        statuses.CountBy(static status => status).OrderBy(static one => one.Key).ShouldBe([new(201, 1), new(400, 15)]);
    }

    [Fact]
    public async Task A_workers_tag_that_is_null_is_named()
    {
        await using var platform = await TestPlatform.Start();
        (await platform.Dashboard().Refused(400, HttpMethod.Put, "/dashboard/v1/inbound-settings", """{ "workerTags": [{ "attribute": "LOCATION", "values": { "Rome": null } }] }"""))
            .Fields.ShouldBe(["workerTags[0].values.Rome"]);
    }
}
