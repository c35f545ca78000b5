using System.Text;
using AWorld.Platform;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Tests.Storage;

/// <summary>Ranges, pages, the change feed, and many writers at once.</summary>
public abstract partial class DocumentStoreConformance
{
    [Fact]
    public async Task A_page_is_a_range_of_ids_in_byte_order()
    {
        // UTF-16 would put the bicycle before U+FFFD.
        string[] ids = ["a", "a\0", "aa", "b", "b:1", "b:10", "b:2", "c", "é", "\uFFFD", "🚲"];
        await Committed(Ada, [.. ids.Reverse().Select(id => Write.Create(id, Body()))]);

        (await Ids(Ada)).ShouldBe(ids);
        (await Ids(Ada, new(Descending: true))).ShouldBe(ids.Reverse());
        (await Ids(Ada, new("aa", "c"))).ShouldBe(["aa", "b", "b:1", "b:10", "b:2"]);
        (await Ids(Ada, new("aa", "c", Descending: true, Limit: 2))).ShouldBe(["b:2", "b:10"]);
        (await Ids(Ada, new("x", "b"))).ShouldBeEmpty();
        (await Ids(Ada, DocumentQuery.Prefix("b:"))).ShouldBe(["b:1", "b:10", "b:2"]);
        (await Ids(Ada, DocumentQuery.Prefix("🚲"))).ShouldBe(["🚲"]);
    }

    [Fact]
    public void Any_page_of_any_range_is_what_a_sorted_list_gives()
    {
        var ids = Gen.Elements("a", "b", ":", "é", "\uFFFD", "🚲").ListOf().Select(parts => string.Concat(parts.Take(4)));
        var stores = ids.ListOf().Select(list => list.Where(id => id.Length > 0).Distinct().Take(100).ToArray());
        var cases = Gen.Zip(stores, Gen.Zip(Gen.Zip(ids, ids), Gen.Zip(Gen.Choose(1, 7), Gen.Elements(true, false))));
        var partitions = 0;
        Prop.ForAll(cases.ToArbitrary(), async given =>
        {
            var (stored, ((from, to), (limit, descending))) = given;
            var partition = Partition.Player(Tenant, $"user{Interlocked.Increment(ref partitions)}");
            await Committed(partition, [.. stored.Select(id => Write.Create(id, Body()))]);
            var low = from.Length == 0 ? null : from;
            var high = to.Length == 0 ? null : to;

            var sorted = stored.OrderBy(Encoding.UTF8.GetBytes, Utf8Order)
                .Where(id => (low is null || Compare(id, low) >= 0) && (high is null || Compare(id, high) < 0));
            var seen = await AllPages(partition, new(low, high, descending, limit));

            seen.ShouldBe(descending ? sorted.Reverse() : sorted);
        }).QuickCheckThrowOnFailure();
    }

    static int Compare(string left, string right) => Utf8Order.Compare(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    async Task<List<string>> AllPages(Partition partition, DocumentQuery query)
    {
        var seen = new List<string>();
        for (string? continuation = null; ;)
        {
            var page = await Store.Query(partition, query with { Continuation = continuation }, None);
            page.Items.Count.ShouldBeLessThanOrEqualTo(query.Limit);
            seen.AddRange(page.Items.Select(item => item.Id));
            if (page.Continuation is null)
            {
                return seen;
            }
            page.Items.ShouldNotBeEmpty();
            continuation = page.Continuation;
        }
    }

    [Fact]
    public async Task The_last_page_has_no_continuation()
    {
        await Committed(Ada, [.. Enumerable.Range(0, 10).Select(n => Write.Create($"{n}", Body()))]);
        var first = await Store.Query(Ada, new(Limit: 5), None);
        var second = await Store.Query(Ada, new(Limit: 5, Continuation: first.Continuation.ShouldNotBeNull()), None);
        second.Items.Count.ShouldBe(5);
        second.Continuation.ShouldBeNull();
    }

    [Fact]
    public async Task A_page_of_large_documents_ends_early_and_goes_on()
    {
        var body = new byte[StoreLimits.DocumentBytes];
        for (var n = 0; n < 5; n++)
        {
            await Committed(Ada, Write.Create($"{n}", body));
        }
        (await AllPages(Ada, new(Limit: 100))).ShouldBe(["0", "1", "2", "3", "4"]);
        (await AllPages(Ada, new(Limit: 100, Descending: true))).ShouldBe(["4", "3", "2", "1", "0"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(StoreLimits.PageItems + 1)]
    public async Task A_page_outside_the_limits_is_refused(int limit)
    {
        await Should.ThrowAsync<ArgumentException>(async () => await Store.Query(Ada, new(Limit: limit), None));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.Changes(Container.Players, "", limit, None));
    }

    [Fact]
    public async Task Paging_during_writes_shows_what_stays_once()
    {
        string[] kept = [.. Enumerable.Range(0, 300).Select(n => $"{n:D4}-kept")];
        foreach (var chunk in kept.Chunk(100))
        {
            await Committed(Ada, [.. chunk.Select(id => Write.Create(id, Body()))]);
        }
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n = (n + 7) % 300)
            {
                await Store.Commit(Ada, [Write.Upsert($"{n:D4}-comes", Body()), Write.Upsert(kept[n], Body("1"))], None);
                await Store.Commit(Ada, [Write.Delete($"{n:D4}-comes")], None);
            }
        });
        foreach (var descending in (bool[])[false, true])
        {
            for (var round = 0; round < 5; round++)
            {
                var seen = await AllPages(Ada, new(Descending: descending, Limit: 10));
                seen.Distinct().Count().ShouldBe(seen.Count);
                seen.Where(id => id.EndsWith("-kept", StringComparison.Ordinal)).ShouldBe(descending ? kept.Reverse() : kept);
            }
        }
        await stop.CancelAsync();
        await writing;
    }

    async Task<List<Change>> AllChanges(Container container, string cursor, int limit = 100, params IReadOnlyList<string> prefixes)
    {
        var all = new List<Change>();
        while (true)
        {
            var page = await Store.Changes(container, cursor, limit, prefixes, None);
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            all.AddRange(page.Items);
            if (!page.More)
            {
                (await Store.Changes(container, page.Cursor, limit, None)).Items.ShouldBeEmpty();
                return all;
            }
            cursor = page.Cursor;
        }
    }

    [Fact]
    public async Task The_feed_gives_the_latest_versions_in_the_order_of_their_commits()
    {
        var eve = Partition.Player(new("account002", "workspace9"), "eve");
        await Committed(Ada, Write.Create("b", Body("1")), Write.Create("a", Body("1")));
        await Committed(eve, Write.Create("c", Body("1")));
        await Committed(Partition.Board(Tenant, "b1"), Write.Create("elsewhere", Body()));
        await Committed(Ada, Write.Upsert("b", Body("2")));
        await Committed(Ada, Write.Create("gone", Body()));
        await Committed(Ada, Write.Delete("gone"));

        foreach (var limit in (int[])[1, 2, 100])
        {
            var changes = await AllChanges(Container.Players, "", limit);
            changes.Select(change => (change.Partition, change.Document.Id, Encoding.UTF8.GetString(change.Document.Body.Span)))
                .ShouldBe([(Ada, "a", "1"), (eve, "c", "1"), (Ada, "b", "2")]);
            changes[2].Document.ETag.ShouldBe((await Store.Read(Ada, "b", None))!.ETag);
        }
        (await AllChanges(Container.Leaderboards, "")).Count.ShouldBe(1);
        (await AllChanges(Container.Audit, "")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_feed_leaves_out_documents_that_were_not_asked_for()
    {
        await Committed(Ada, Write.Create("a:1", Body()), Write.Create("b:1", Body()), Write.Create("é:1", Body()), Write.Create("a", Body()));
        await Committed(Ada, Write.Upsert("a:1", Body("2")), Write.Create("b:2", Body()));
        foreach (var limit in (int[])[1, 2, 100])
        {
            async Task<IEnumerable<string>> Ids(params string[] prefixes) => (await AllChanges(Container.Players, "", limit, prefixes)).Select(change => change.Document.Id);
            (await Ids("a:", "é")).ShouldBe(["é:1", "a:1"]);
            (await Ids("b:")).ShouldBe(["b:1", "b:2"]);
            (await Ids("c")).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_cursor_goes_on_after_a_restart_even_when_the_last_change_was_a_delete()
    {
        await Committed(Ada, Write.Create("a", Body()), Write.Create("b", Body()));
        var cursor = (await Store.Changes(Container.Players, "", 100, None)).Cursor;
        await Committed(Ada, Write.Delete("b"));
        await Reopen();
        (await AllChanges(Container.Players, cursor)).ShouldBeEmpty();
        await Committed(Ada, Write.Create("c", Body()));
        (await AllChanges(Container.Players, cursor)).Select(change => change.Document.Id).ShouldBe(["c"]);
    }

    [Fact]
    public async Task A_follower_of_the_feed_misses_no_write_of_16_writers()
    {
        const int writers = 16, writes = 40;
        var seen = new HashSet<(string, string)>();
        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; n < writes; n++)
            {
                await Committed(Partition.Player(Tenant, $"user{writer}"), Write.Create($"{n}", Body()), Write.Upsert("state", Body($"{n}")));
            }
        })));
        var cursor = "";
        for (var written = false; ;)
        {
            var page = await Store.Changes(Container.Players, cursor, 37, None);
            cursor = page.Cursor;
            seen.UnionWith(page.Items.Select(change => (change.Partition.Key, change.Document.Id)));
            if (page.Items.Count == 0)
            {
                if (written)
                {
                    break;
                }
                written = writing.IsCompleted;
                await Task.Yield();
            }
        }
        await writing;
        seen.Count.ShouldBe(writers * (writes + 1));
    }

    [Fact]
    public async Task Sixteen_writers_of_one_partition_lose_no_update()
    {
        const int writers = 16, increments = 25;
        await Committed(Ada, Write.Create("counter", Body("0")));
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; n < increments;)
            {
                var read = (await Store.Read(Ada, "counter", None))!;
                var next = int.Parse(read.Body.Span, System.Globalization.CultureInfo.InvariantCulture) + 1;
                var result = await Store.Commit(Ada, [Write.Create($"entry{next:D6}", Body($"{writer}")), Write.Replace("counter", Body($"{next}"), read.ETag)], None);
                n += result.Committed ? 1 : 0;
            }
        })));
        (await Text(Ada, "counter")).ShouldBe($"{writers * increments}");
        (await Ids(Ada, DocumentQuery.Prefix("entry"))).Length.ShouldBe(writers * increments);
    }

    enum Step { Create, Replace, ReplaceStale, Upsert, Delete }

    [Fact]
    public void Any_sequence_of_batches_leaves_what_a_dictionary_would_hold()
    {
        var write = Gen.Zip(Gen.Elements(Step.Create, Step.Replace, Step.ReplaceStale, Step.Upsert, Step.Delete), Gen.Choose(0, 4));
        var batches = write.ListOf().Select(list => list.DistinctBy(step => step.Item2).ToArray()).ListOf();
        var partitions = 0;
        Prop.ForAll(batches.ToArbitrary(), async given =>
        {
            var partition = Partition.Player(Tenant, $"model{Interlocked.Increment(ref partitions)}");
            var model = new Dictionary<string, (string Text, string ETag)>();
            var n = 0;
            foreach (var batch in given)
            {
                Write[] writes = [.. batch.Select(step => ToWrite(step.Item1, $"id{step.Item2}", $"{++n}", model))];
                var expected = writes.Select(next => Expected(next, model)).ToArray();
                var failed = Array.FindIndex(expected, status => status != CommitStatus.Committed);
                var result = await Store.Commit(partition, writes, None);
                (result.Status, result.Failed).ShouldBe((failed < 0 ? CommitStatus.Committed : expected[failed], failed));
                for (var i = 0; i < writes.Length && result.Committed; i++)
                {
                    _ = writes[i].Kind == WriteKind.Delete
                        ? model.Remove(writes[i].Id)
                        : (model[writes[i].Id] = (Encoding.UTF8.GetString(writes[i].Body.Span), result.ETags[i])) is { };
                }
            }
            var page = await Store.Query(partition, new(), None);
            page.Items.Select(item => (item.Id, Encoding.UTF8.GetString(item.Body.Span), item.ETag))
                .ShouldBe(model.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value.Text, entry.Value.ETag)));
        }).QuickCheckThrowOnFailure();
    }

    static Write ToWrite(Step step, string id, string text, Dictionary<string, (string Text, string ETag)> model) => step switch
    {
        Step.Create => Write.Create(id, Body(text)),
        Step.Replace => Write.Replace(id, Body(text), model.TryGetValue(id, out var current) ? current.ETag : "none"),
        Step.ReplaceStale => Write.Replace(id, Body(text), "stale"),
        Step.Upsert => Write.Upsert(id, Body(text)),
        _ => Write.Delete(id),
    };

    static CommitStatus Expected(Write write, Dictionary<string, (string Text, string ETag)> model)
    {
        var exists = model.TryGetValue(write.Id, out var current);
        return write.Kind switch
        {
            WriteKind.Create => exists ? CommitStatus.Conflict : CommitStatus.Committed,
            WriteKind.Upsert => CommitStatus.Committed,
            _ when !exists => CommitStatus.NotFound,
            _ => write.IfMatch is null || write.IfMatch == current.ETag ? CommitStatus.Committed : CommitStatus.PreconditionFailed,
        };
    }
}
