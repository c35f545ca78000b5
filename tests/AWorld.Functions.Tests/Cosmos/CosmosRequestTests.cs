using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using static AWorld.Functions.Tests.Cosmos.StoreOverFake;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>What the store sends.</summary>
public sealed class CosmosRequestTests
{
    [Fact]
    public async Task A_commit_is_one_atomic_batch_of_its_partition()
    {
        await using var over = await StoreOverFake.Start();
        var etag = (await over.Commit(Write.Create("state", Body("1")), Write.Create("old", Body("1")))).ETags[0];
        over.Fake.Requests.Clear();

        await over.Commit(Write.Create("journal:1", Body("{}")), Write.Replace("state", Body("2"), etag), Write.Upsert("any", Body("3")), Write.Delete("old"));

        var batch = over.Sent("batch").ShouldHaveSingleItem();
        batch.Path.ShouldBe("dbs/aworld/colls/players/docs");
        batch.PartitionKey.ShouldBe("""["account001","workspace1","ada"]""");
        batch["x-ms-cosmos-batch-atomic"].ShouldBe("True");
        var operations = await BatchWire.Read(batch.Body);
        operations.Select(operation => (operation.Verb, operation.Id, operation.IfMatch))
            .ShouldBe([(BatchVerb.Create, null, null), (BatchVerb.Replace, "state", etag), (BatchVerb.Upsert, null, null), (BatchVerb.Delete, "old", null)]);
        var item = JsonNode.Parse(operations[0].Body!)!;
        ((string)item["id"]!, (string)item["accountId"]!, (string)item["workspaceId"]!, (string)item["userId"]!, (string)item["body"]!).ShouldBe(("journal:1", "account001", "workspace1", "ada", "{}"));
        item["ttl"].ShouldBeNull();
    }

    [Fact]
    public async Task A_document_whose_id_is_known_is_a_point_read()
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit(Write.Create("log:a/b?c#d\\e", Body("1")));
        over.Fake.Requests.Clear();

        (await Text(over.Store, "log:a/b?c#d\\e")).ShouldBe("1");

        var read = over.Sent("read").ShouldHaveSingleItem();
        read.Path.ShouldBe($"dbs/aworld/colls/players/docs/{CosmosIds.Encode("log:a/b?c#d\\e")}");
        read.PartitionKey.ShouldBe("""["account001","workspace1","ada"]""");
        over.Sent("query").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_is_one_query_of_the_partition_without_a_plan()
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit([.. Enumerable.Range(0, 30).Select(n => Write.Create($"{n:00}", Body("1")))]);
        over.Fake.Requests.Clear();

        (await over.Store.Query(Ada, new("05", "20", Limit: 10), None)).Items.Count.ShouldBe(10);

        var query = over.Sent("query").ShouldHaveSingleItem();
        query.PartitionKey.ShouldBe("""["account001","workspace1","ada"]""");
        query["x-ms-max-item-count"].ShouldBe("11");
        over.Sent("plan").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_large_body_is_kept_small_and_comes_back_to_the_byte()
    {
        await using var over = await StoreOverFake.Start();
        var body = Encoding.UTF8.GetBytes($$"""{"missions":[{{string.Join(',', Enumerable.Range(0, 2000).Select(n => $$"""{"missionId":"{{n}}","currentAmount":12345678901234567890.50}"""))}}]}""");
        await over.Commit(Write.Create("state", body));

        (await BatchWire.Read(over.Sent("batch").Single().Body))[0].Body!.Length.ShouldBeLessThan(body.Length / 4);
        (await over.Store.Read(Ada, "state", None))!.Body.ToArray().ShouldBe(body);
    }

    [Fact]
    public async Task Expiry_is_left_to_Cosmos_and_never_comes_early()
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit(Write.Create("code", Body("1"), over.Clock.GetUtcNow().AddSeconds(89.2)));

        ((int)JsonNode.Parse((await BatchWire.Read(over.Sent("batch").Single().Body))[0].Body!)!["ttl"]!).ShouldBe(90);
    }

    [Fact]
    public async Task Containers_have_hierarchical_keys_expiry_and_no_index_that_nothing_asks_for()
    {
        foreach (var container in CosmosContainers.All)
        {
            var properties = container.Properties();
            properties.PartitionKeyPaths.ShouldBe(container.Keys.Select(key => $"/{key}"));
            properties.DefaultTimeToLive.ShouldBe(-1);
            properties.IndexingPolicy.ExcludedPaths.Select(path => path.Path).ShouldBe(["/*"]);
            properties.IndexingPolicy.IncludedPaths.Select(path => path.Path).ShouldBe(container.Keys.Select(key => $"/{key}/?"));
        }
        await using var over = await StoreOverFake.Start();
        over.Fake.Container("players").Keys.ShouldBe(["accountId", "workspaceId", "userId"]);
        over.Fake.Container("platform").Keys.ShouldBe(["accountId"]);
    }

    [Fact]
    public async Task Request_units_are_counted_by_account_container_and_operation()
    {
        await using var over = await StoreOverFake.Start();
        var tenant = new Tenant("accountRU1", "workspace1");
        using var counted = new Counted("aworld.store.request_units", tenant.AccountId);
        var partition = Partition.Player(tenant, "ada");
        await over.Store.Commit(partition, [Write.Create("a", Body("1")), Write.Create("b", Body("1"))], None);
        await over.Store.Read(partition, "a", None);
        await over.Store.Query(partition, new(), None);

        counted.Seen.ShouldBe([(2, "Players commit"), (1, "Players read"), (1, "Players query")]);
    }

    [Fact]
    public async Task Every_call_is_a_span_with_its_price()
    {
        await using var over = await StoreOverFake.Start();
        using var root = new Activity("test").Start();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Telemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == root.TraceId)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await over.Commit(Write.Create("a", Body("1")), Write.Create("b", Body("1")));
        await over.Store.Read(Ada, "a", None);
        await over.Store.Query(Ada, new(), None);
        await over.Store.Changes(Container.Players, "", 10, [], None);

        spans.Select(span => (span.OperationName, span.GetTagItem("azure.cosmosdb.operation.request_charge"), span.GetTagItem("db.system.name"))).Take(4)
            .ShouldBe([("store commit", 2d, "azure.cosmosdb"), ("cosmos read", 1d, "azure.cosmosdb"), ("cosmos query", 1d, "azure.cosmosdb"), ("cosmos changes", 1d, "azure.cosmosdb")]);
        root.GetTagItem("azure.cosmosdb.operation.request_charge").ShouldBeNull();
    }

    [Fact]
    public async Task Without_a_key_requests_bear_a_token_of_the_identity()
    {
        await using var over = await StoreOverFake.Start();
        var options = FakeAccount.Options();
        options.Key = null;
        using var clients = new CosmosClients(options, new FixedCredential(Unsigned("""{"exp":4102444800}""")), over.Fake.Client);
        over.Fake.Requests.Clear();

        await new CosmosDocumentStore(clients, options, over.Clock).Read(Ada, "a", None);

        Uri.UnescapeDataString(over.Sent("read").Single()["authorization"]!).ShouldStartWith("type=aad&ver=1.0&sig=");
    }

    static string Unsigned(string claims) => $"e30.{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)).TrimEnd('=')}.e30";

    [Fact]
    public async Task An_account_writes_and_reads_in_its_home_region()
    {
        await using var over = await StoreOverFake.Start(options =>
        {
            options.Regions = ["West Europe", "North Europe"];
            options.HomeRegions = ["account002=North Europe"];
        }, "West Europe", "North Europe");

        foreach (var account in (string[])["account001", "account002"])
        {
            await over.Store.Commit(Partition.Platform(account), [Write.Create("account", Body("1"))], None);
            await over.Store.Read(Partition.Platform(account), "account", None);
        }

        over.Fake.Requests.Where(request => request.Kind is "batch" or "read").Select(request => (request.PartitionKey, request.Host)).Distinct()
            .ShouldBe([("""["account001"]""", "westeurope.localhost"), ("""["account002"]""", "northeurope.localhost")]);
    }
}
