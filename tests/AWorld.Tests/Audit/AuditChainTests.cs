using AWorld.Audit;
using AWorld.Platform;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Audit;

/// <summary>Chains of audit records: whole whoever writes them, and broken wherever somebody touches them.</summary>
public sealed class AuditChainTests
{
    static readonly Tenant Tenant = new("account001", "workspace1");
    static readonly DateTimeOffset At = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
    static readonly Partition Day = AuditChain.Of(Tenant, new(2026, 3, 10));

    static AuditRecord Record(int number) => new(At, "dashboard/tags/list", 200, $"{number}", null, "eve", null, null, null, null, null, null, "agent", "eu-west-1");

    static AuditTrail Trail(MemoryStore store, int perDocument = 3, int queued = 10_000) =>
        new(store, Options.Create(new AuditOptions { PerDocument = perDocument, Queued = queued }), new FakeClock(At), NullLogger<AuditTrail>.Instance);

    static async Task<MemoryStore> Chain(int links)
    {
        var store = new MemoryStore();
        using var trail = Trail(store);
        for (var i = 0; i < links; i++)
        {
            await trail.Record(Tenant, Record(i));
        }
        return store;
    }

    [Fact]
    public async Task Two_nodes_write_one_chain()
    {
        var store = new MemoryStore();
        using var one = Trail(store);
        using var other = Trail(store);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(async () =>
        {
            var trail = number % 2 == 0 ? one : other;
            // Both may run into each other more often than a trail tries.
            while (await Xunit.Record.ExceptionAsync(() => trail.Record(Tenant, Record(number))) is not null)
            {
            }
        })));
        var chain = await AuditChain.Verify(store, Day, default);
        chain.Broken.ShouldBeNull();
        chain.Records.ShouldBe(200);
    }

    [Fact]
    public async Task Records_that_nobody_waits_for_share_links_and_those_beyond_the_bound_are_counted()
    {
        var store = new MemoryStore();
        using var trail = Trail(store, perDocument: 50, queued: 100);
        for (var i = 0; i < 130; i++)
        {
            trail.Note(Tenant, Record(i));
        }
        store.Commits.ShouldBe(0);
        await trail.Flush(Day);
        store.Commits.ShouldBe(2);
        var links = (await store.Query(Day, new(), default)).Items.Select(document => Json.Read<AuditLink>(document.Body)).ToList();
        links.Sum(link => link.Records.Count).ShouldBe(100);
        links.Sum(link => link.Lost).ShouldBe(30);
        (await AuditChain.Verify(store, Day, default)).Broken.ShouldBeNull();
    }

    [Fact]
    public async Task A_lost_connection_loses_no_record_that_was_waited_for()
    {
        var store = new MemoryStore();
        using var trail = Trail(store);
        trail.Note(Tenant, Record(1));
        store.Faults = static (_, _) => MemoryStore.Fault.After;
        await Should.ThrowAsync<AuditFailedException>(() => trail.Record(Tenant, Record(2)));
        store.Faults = static (_, _) => MemoryStore.Fault.None;
        await trail.Record(Tenant, Record(3));
        var chain = await AuditChain.Verify(store, Day, default);
        chain.Broken.ShouldBeNull();
        var found = (await store.Query(Day, new(), default)).Items.SelectMany(document => Json.Read<AuditLink>(document.Body).Records).Select(record => record.RequestId).ToHashSet();
        found.ShouldBe(["1", "2", "3"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_untouched_chain_is_whole()
    {
        var chain = (await AuditChain.VerifyAll(await Chain(7), default).ToListAsync()).ShouldHaveSingleItem();
        (chain.Broken, chain.Links, chain.Records).ShouldBe((null, 7, 7));
    }

    /// <summary>Whichever link is touched in whichever way, the first one that tells is named.</summary>
    [Fact]
    public void Any_change_is_found_and_named()
    {
        var touches = from links in Gen.Choose(2, 8) from at in Gen.Choose(1, 8) from how in Gen.Choose(0, 5) where at <= links select (links, at, how);
        Prop.ForAll(touches.ToArbitrary(), async touch =>
        {
            var store = await Chain(touch.links);
            var (id, next) = (AuditChain.Id(touch.at), AuditChain.Id(touch.at + 1));
            var link = Json.Read<AuditLink>((await store.Read(Day, id, default))!.Body);
            var isLast = touch.at == touch.links;
            var (changed, named) = touch.how switch
            {
                0 => (link with { Records = [link.Records[0] with { UserId = "mallory" }] }, id),
                1 => (link with { Records = [] }, id),
                2 => (link with { Lost = 1 }, id),
                3 => (link with { Previous = "x" }, id),
                // Somebody who knows how links are made still cannot change the next one's mind.
                4 => (AuditChain.Next(Day, (touch.at - 1, link.Previous), [Record(99)], 0), isLast ? null : next),
                _ => (null, isLast ? null : id),
            };
            await store.Commit(Day, [changed is null ? Write.Delete(id) : Write.Upsert(id, Json.Bytes(changed))], default);
            var broken = (await AuditChain.Verify(store, Day, default)).Broken;
            if (named is null)
            {
                broken.ShouldBeNull("only who kept the last hash knows");
            }
            else
            {
                broken.ShouldNotBeNull();
                broken.ShouldContain(named);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_field_that_was_put_in_is_found()
    {
        var store = await Chain(2);
        var text = System.Text.Encoding.UTF8.GetString((await store.Read(Day, AuditChain.Id(1), default))!.Body.Span);
        await store.Commit(Day, [Write.Upsert(AuditChain.Id(1), System.Text.Encoding.UTF8.GetBytes(text.Replace("\"status\"", "\"note\":1,\"status\"", StringComparison.Ordinal)))], default);
        (await AuditChain.Verify(store, Day, default)).Broken!.ShouldContain("cannot be read");
    }
}
