using AWorld.Functions.Cosmos;
using AWorld.Platform;
using Microsoft.Azure.Cosmos;
using static AWorld.Functions.Tests.Cosmos.StoreOverFake;
using Container = AWorld.Platform.Container;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>What the store makes of what goes wrong on the way and at the service.</summary>
public sealed class CosmosFailureTests
{
    static readonly Fault Torn = new();

    public static TheoryData<int, bool> LostAnswers => [.. from status in (int[])[0, 408, 500, 503] from applied in (bool[])[false, true] select (status, applied)];

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_commit_whose_answer_is_lost_is_applied_once(int status, bool applied)
    {
        await using var over = await StoreOverFake.Start();
        var etag = (await over.Commit(Write.Create("state", Body("0")), Write.Create("gone", Body("0")))).ETags[0];
        over.Fail("batch", new Fault(status, Applied: applied));

        var commit = await over.Commit(Write.Create("journal:1", Body("1")), Write.Replace("state", Body("1"), etag), Write.Delete("gone"));

        commit.Committed.ShouldBeTrue();
        commit.ETags.ShouldBe([(await over.Store.Read(Ada, "journal:1", None))!.ETag, (await over.Store.Read(Ada, "state", None))!.ETag, ""]);
        (await over.Commit(Write.Replace("state", Body("2"), commit.ETags[1]))).Committed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lost_commit_that_another_prevented_is_refused()
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit(Write.Create("journal:1", Body("another's")));
        over.Fail("batch", Torn, Torn);

        var commit = await over.Commit(Write.Create("journal:1", Body("mine")), Write.Upsert("state", Body("mine")));

        (commit.Status, commit.Failed).ShouldBe((CommitStatus.Conflict, 0));
        (await Text(over.Store, "journal:1")).ShouldBe("another's");
        (await Text(over.Store, "state")).ShouldBeNull();
    }

    [Fact]
    public async Task A_commit_that_cannot_be_sent_throws_after_its_last_try()
    {
        await using var over = await StoreOverFake.Start(options => options.Attempts = 3);
        over.Fake.Faults = static call => call.Kind == "batch" ? new Fault(503) : null;

        await Should.ThrowAsync<CosmosException>(async () => await over.Commit(Write.Create("a", Body("1"))));

        over.Fake.Faults = static _ => null;
        (await Text(over.Store, "a")).ShouldBeNull();
    }

    [Theory]
    [InlineData(429)]
    [InlineData(449)]
    public async Task What_the_service_asks_to_send_again_is_sent_again(int status)
    {
        await using var over = await StoreOverFake.Start();
        over.Fail("batch", new Fault(status), new Fault(status));
        (await over.Commit(Write.Create("a", Body("1")))).Committed.ShouldBeTrue();
        over.Fail("read", new Fault(status));
        (await Text(over.Store, "a")).ShouldBe("1");
        over.Sent("batch").Count().ShouldBe(3);
    }

    [Fact]
    public async Task Who_has_no_request_units_left_is_told_when_to_come_back()
    {
        await using var over = await StoreOverFake.Start(options => options.RateLimitRetries = 0);
        over.Fake.Faults = static _ => new Fault(429, RetryAfter: 2500);

        (await Should.ThrowAsync<StoreBusyException>(async () => await over.Commit(Write.Create("a", Body("1"))))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(2.5));
        (await Should.ThrowAsync<StoreBusyException>(async () => await over.Store.Read(Ada, "a", None))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(2.5));

        over.Fake.Faults = static _ => null;
        (await Text(over.Store, "a")).ShouldBeNull();
    }

    [Fact]
    public async Task A_batch_that_the_service_finds_too_large_is_refused()
    {
        await using var over = await StoreOverFake.Start();
        var noise = new byte[StoreLimits.BatchBytes];
        new Random(7).NextBytes(noise);

        (await over.Commit(Write.Create("a", noise))).Status.ShouldBe(CommitStatus.TooLarge);
        (await over.Commit(Write.Create(new string('/', StoreLimits.IdBytes), Body("1")))).Status.ShouldBe(CommitStatus.TooLarge);
        (await over.Store.Query(Ada, new(), None)).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(408, 0)]
    [InlineData(500, 0)]
    [InlineData(503, 0)]
    [InlineData(404, 1002)]
    public async Task A_read_that_was_not_answered_is_sent_again(int status, int subStatus)
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit(Write.Create("a", Body("1")));
        over.Fail("read", new Fault(status, subStatus), new Fault(status, subStatus));
        (await Text(over.Store, "a")).ShouldBe("1");
        over.Fail("query", new Fault(status, subStatus));
        (await over.Store.Query(Ada, new(), None)).Items.Count.ShouldBe(1);
        over.Fail("feed", new Fault(status, subStatus));
        (await over.Store.Changes(Container.Players, "", 10, [], None)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_replica_that_lags_behind_for_too_long_is_a_failure_and_not_an_absent_document()
    {
        await using var over = await StoreOverFake.Start(options => options.Attempts = 1);
        await over.Commit(Write.Create("a", Body("1")));
        over.Fake.Faults = static call => call.Kind == "read" ? new Fault(404, 1002) : null;
        await Should.ThrowAsync<CosmosException>(async () => await over.Store.Read(Ada, "a", None));
    }

    [Fact]
    public async Task A_caller_who_leaves_is_not_kept_waiting()
    {
        await using var over = await StoreOverFake.Start();
        await Should.ThrowAsync<OperationCanceledException>(async () => await over.Store.Read(Ada, "a", new(canceled: true)));
    }

    sealed class SharedTokens : ISessionTokens
    {
        readonly Dictionary<Partition, string> tokens = [];

        public ValueTask<string?> Find(Partition partition) => new(tokens.GetValueOrDefault(partition));

        public ValueTask Keep(Partition partition, string token)
        {
            tokens[partition] = token;
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_read_sees_what_another_instance_has_written()
    {
        await using var over = await StoreOverFake.Start();
        var tokens = new SharedTokens();
        var (writer, reader, alone) = (over.Instance(tokens), over.Instance(tokens), over.Instance());
        await writer.Commit(Ada, [Write.Create("a", Body("1"))], None);
        over.Fake.Lag = 1;
        await writer.Commit(Ada, [Write.Upsert("a", Body("2"))], None);

        (await Text(alone, "a")).ShouldBe("1");
        (await Text(reader, "a")).ShouldBe("2");
        (await reader.Query(Ada, new(), None)).Items.ShouldHaveSingleItem().Body.ToArray().ShouldBe(Body("2"));
        (await Text(writer, "a")).ShouldBe("2");
    }

    [Fact]
    public async Task Writes_go_home_as_soon_as_the_home_takes_them_again()
    {
        await using var over = await StoreOverFake.Start(static options => options.Regions = ["West Europe", "North Europe"], "West Europe", "North Europe");
        over.Fake.Faults = static call => call.Kind == "batch" && call.Host == "westeurope.localhost" ? new Fault(503) : null;
        for (var n = 0; n < 20; n++)
        {
            (await over.Commit(Write.Upsert("a", Body("1")))).Committed.ShouldBeTrue();
        }
        over.Sent("batch").Count(batch => batch.Host == "northeurope.localhost").ShouldBe(20);

        over.Fake.Faults = static _ => null;
        over.Fake.Requests.Clear();
        (await over.Commit(Write.Upsert("a", Body("2")))).Committed.ShouldBeTrue();
        over.Sent("batch").ShouldHaveSingleItem().Host.ShouldBe("westeurope.localhost");
    }

    [Fact]
    public async Task An_account_over_its_budget_waits_and_others_do_not()
    {
        await using var over = await StoreOverFake.Start(options => options.AccountRequestUnits = 1);
        var other = Partition.Player(new("account002", "workspace1"), "ada");
        for (var n = 0; n < 11; n++)
        {
            await over.Store.Read(Ada, "a", None);
        }

        (await Should.ThrowAsync<StoreBusyException>(async () => await over.Store.Read(Ada, "a", None))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<StoreBusyException>(async () => await over.Commit(Write.Create("a", Body("1"))));
        (await over.Store.Read(other, "a", None)).ShouldBeNull();

        over.Clock.Advance(TimeSpan.FromSeconds(2));
        (await over.Store.Read(Ada, "a", None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_cursor_outlives_the_split_of_a_partition()
    {
        await using var over = await StoreOverFake.Start();
        async Task Write(string user, string id) => await over.Store.Commit(Partition.Player(Workspace, user), [Platform.Write.Create(id, Body("1"))], None);
        string[] users = ["a", "b", "c", "d"];
        foreach (var user in users)
        {
            await Write(user, "before");
        }
        var page = await over.Store.Changes(Container.Players, "", 2, [], None);
        var seen = page.Items.Select(change => (change.Partition.Key, change.Document.Id)).ToHashSet();

        over.Fake.Container("players").Split();
        foreach (var user in users)
        {
            await Write(user, "after");
        }
        for (var more = true; more;)
        {
            page = await over.Store.Changes(Container.Players, page.Cursor, 2, [], None);
            seen.UnionWith(page.Items.Select(change => (change.Partition.Key, change.Document.Id)));
            more = page.More;
        }

        seen.Count.ShouldBe(8);
        (await over.Store.Changes(Container.Players, page.Cursor, 10, [], None)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_that_exceeds_the_page_is_given_in_parts_though_it_changes_meanwhile()
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit([.. "abcdefgh".Select(id => Write.Create($"{id}", Body("1")))]);
        var page = await over.Store.Changes(Container.Players, "", 3, [], None);
        page.Items.Select(change => change.Document.Id).ShouldBe(["a", "b", "c"]);

        await over.Commit(Write.Upsert("a", Body("2")), Write.Upsert("e", Body("2")));
        var rest = new List<string>();
        for (var more = true; more; more = page.More)
        {
            page = await over.Store.Changes(Container.Players, page.Cursor, 3, [], None);
            rest.AddRange(page.Items.Select(change => change.Document.Id));
        }

        rest.ShouldBe(["d", "f", "g", "h", "a", "e"]);
    }
}
