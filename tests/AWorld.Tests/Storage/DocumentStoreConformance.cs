using System.Text;
using AWorld.Platform;

namespace AWorld.Tests.Storage;

/// <summary>What every <see cref="IDocumentStore"/> does. A store's tests derive from it and say how to open one.</summary>
public abstract partial class DocumentStoreConformance : IAsyncLifetime
{
    protected static readonly Tenant Tenant = new("account001", "workspace1");
    protected static readonly Partition Ada = Partition.Player(Tenant, "ada");
    protected static readonly CancellationToken None = CancellationToken.None;

    protected FakeClock Clock { get; } = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
    protected IDocumentStore Store { get; private set; } = null!;

    /// <summary>Opens a store: an empty one at first; after <see cref="Close"/>, the same one again.</summary>
    protected abstract Task<IDocumentStore> Open();

    protected abstract Task Close();

    /// <summary>A lifetime that a test can wait for, and the wait.</summary>
    protected virtual TimeSpan Lifetime => TimeSpan.FromMinutes(1);

    protected virtual Task Pass(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }

    public virtual async ValueTask InitializeAsync() => Store = await Open();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Close();
    }

    protected async Task Reopen()
    {
        await Close();
        Store = await Open();
    }

    protected static byte[] Body(string text = "{}") => Encoding.UTF8.GetBytes(text);

    protected async Task<IReadOnlyList<string>> Committed(Partition partition, params Write[] writes)
    {
        var result = await Store.Commit(partition, writes, None);
        result.Status.ShouldBe(CommitStatus.Committed);
        result.Failed.ShouldBe(-1);
        result.ETags.Count.ShouldBe(writes.Length);
        return result.ETags;
    }

    protected async Task Refused(CommitStatus status, int failed, Partition partition, params Write[] writes)
    {
        var result = await Store.Commit(partition, writes, None);
        (result.Status, result.Failed).ShouldBe((status, failed));
    }

    protected async Task<string?> Text(Partition partition, string id) =>
        await Store.Read(partition, id, None) is { } document ? Encoding.UTF8.GetString(document.Body.Span) : null;

    protected async Task<string[]> Ids(Partition partition, DocumentQuery? query = null) =>
        [.. (await Store.Query(partition, query ?? new(Limit: StoreLimits.PageItems), None)).Items.Select(item => item.Id)];

    [Fact]
    public async Task A_document_is_read_as_it_was_written()
    {
        const string text = """{"name":"Zoë 🚲 \u0000","n":[1.50,null]}""";
        var expires = Clock.GetUtcNow().AddDays(1);

        var etags = await Committed(Ada, Write.Create("profile", Body(text), expires));

        var read = (await Store.Read(Ada, "profile", None)).ShouldNotBeNull();
        read.Id.ShouldBe("profile");
        Encoding.UTF8.GetString(read.Body.Span).ShouldBe(text);
        read.ETag.ShouldBe(etags[0]);
        read.ExpiresAt.ShouldBe(expires);
    }

    [Fact]
    public async Task An_absent_document_is_null() => (await Store.Read(Ada, "nothing", None)).ShouldBeNull();

    [Fact]
    public async Task Creating_what_exists_conflicts()
    {
        await Committed(Ada, Write.Create("one", Body("1")));
        await Refused(CommitStatus.Conflict, 0, Ada, Write.Create("one", Body("2")));
        (await Text(Ada, "one")).ShouldBe("1");
    }

    [Fact]
    public async Task Replacing_needs_the_current_etag()
    {
        var first = (await Committed(Ada, Write.Create("one", Body("1"))))[0];
        var second = (await Committed(Ada, Write.Replace("one", Body("2"), first)))[0];

        await Refused(CommitStatus.PreconditionFailed, 0, Ada, Write.Replace("one", Body("3"), first));
        await Refused(CommitStatus.PreconditionFailed, 0, Ada, Write.Replace("one", Body("3"), "no etag"));
        await Refused(CommitStatus.NotFound, 0, Ada, Write.Replace("two", Body("3"), second));
        (await Text(Ada, "one")).ShouldBe("2");
    }

    [Fact]
    public async Task Deleting_needs_the_document_and_the_current_etag_when_one_is_given()
    {
        var first = (await Committed(Ada, Write.Create("one", Body("1"))))[0];
        var second = (await Committed(Ada, Write.Upsert("one", Body("2"))))[0];

        await Refused(CommitStatus.PreconditionFailed, 0, Ada, Write.Delete("one", first));
        await Refused(CommitStatus.NotFound, 0, Ada, Write.Delete("two"));
        (await Committed(Ada, Write.Delete("one", second))).ShouldBe([""]);
        (await Store.Read(Ada, "one", None)).ShouldBeNull();
        await Refused(CommitStatus.NotFound, 0, Ada, Write.Delete("one"));
    }

    [Fact]
    public async Task No_two_writes_of_a_document_have_the_same_etag()
    {
        var etags = new HashSet<string>();
        for (var round = 0; round < 10; round++)
        {
            etags.Add((await Committed(Ada, Write.Create("one", Body())))[0]).ShouldBeTrue();
            etags.Add((await Committed(Ada, Write.Upsert("one", Body())))[0]).ShouldBeTrue();
            await Committed(Ada, Write.Delete("one"));
            await Reopen();
        }
    }

    [Fact]
    public async Task An_upsert_creates_and_replaces()
    {
        await Committed(Ada, Write.Upsert("one", Body("1")));
        await Committed(Ada, Write.Upsert("one", Body("2")));
        (await Text(Ada, "one")).ShouldBe("2");
    }

    [Fact]
    public async Task A_batch_with_one_refused_write_changes_nothing_and_names_it()
    {
        var etag = (await Committed(Ada, Write.Create("there", Body("old")), Write.Create("other", Body("old"))))[0];
        Write[] refused = [Write.Create("there", Body()), Write.Replace("gone", Body(), etag), Write.Replace("there", Body(), "stale"), Write.Delete("gone")];
        CommitStatus[] expected = [CommitStatus.Conflict, CommitStatus.NotFound, CommitStatus.PreconditionFailed, CommitStatus.NotFound];
        for (var kind = 0; kind < refused.Length; kind++)
        {
            for (var at = 0; at < 4; at++)
            {
                List<Write> batch = [Write.Create("new", Body()), Write.Upsert("other", Body("changed")), Write.Upsert("newer", Body())];
                batch.Insert(at, refused[kind]);
                await Refused(expected[kind], at, Ada, [.. batch]);
            }
        }
        (await Ids(Ada)).ShouldBe(["other", "there"]);
        (await Text(Ada, "other")).ShouldBe("old");
    }

    [Fact]
    public async Task An_empty_batch_is_committed() => (await Committed(Ada)).ShouldBeEmpty();

    [Fact]
    public async Task A_batch_may_write_an_id_once() =>
        await Should.ThrowAsync<ArgumentException>(async () => await Store.Commit(Ada, [Write.Upsert("one", Body()), Write.Delete("one")], None));

    [Fact]
    public async Task A_batch_holds_100_writes_and_no_more()
    {
        Write[] Batch(string prefix, int count) => [.. Enumerable.Range(0, count).Select(n => Write.Create($"{prefix}{n}", Body()))];

        await Refused(CommitStatus.TooLarge, 100, Ada, Batch("a", 101));
        (await Ids(Ada)).ShouldBeEmpty();
        await Committed(Ada, Batch("b", 100));
        (await Ids(Ada)).Length.ShouldBe(100);

        var last = Batch("c", 100);
        last[99] = Write.Create("b5", Body());
        await Refused(CommitStatus.Conflict, 99, Ada, last);
        (await Ids(Ada)).Length.ShouldBe(100);
    }

    [Fact]
    public async Task A_batch_holds_2_megabytes_and_no_more()
    {
        var half = new byte[StoreLimits.BatchBytes / 2];
        Array.Fill(half, (byte)'1');
        await Refused(CommitStatus.TooLarge, 2, Ada, Write.Create("a", half), Write.Create("b", half), Write.Create("c", Body("1")));
        (await Ids(Ada)).ShouldBeEmpty();

        await Committed(Ada, Write.Create("a", half), Write.Create("b", half));
        (await Store.Read(Ada, "b", None))!.Body.Span.SequenceEqual(half).ShouldBeTrue();
        await Refused(CommitStatus.Conflict, 1, Ada, Write.Create("c", half), Write.Create("a", half));
        (await Store.Read(Ada, "c", None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_document_holds_2_megabytes_and_no_more()
    {
        var body = new byte[StoreLimits.DocumentBytes + 1];
        Array.Fill(body, (byte)'1');
        await Refused(CommitStatus.TooLarge, 0, Ada, Write.Upsert("a", body));
        await Committed(Ada, Write.Upsert("a", body.AsMemory(1)));
        (await Store.Read(Ada, "a", None))!.Body.Length.ShouldBe(StoreLimits.DocumentBytes);
    }

    [Fact]
    public async Task Ids_may_be_unicode_and_1023_bytes_long()
    {
        string[] ids = [new('x', StoreLimits.IdBytes), new string('é', 511) + "x", "mission:çé-🚲/%_'\"\\", "a b\tc", "%", "_"];
        foreach (var id in ids)
        {
            await Committed(Ada, Write.Create(id, Body($"\"{id.Length}\"")));
            (await Text(Ada, id)).ShouldBe($"\"{id.Length}\"");
        }
        (await Ids(Ada)).ShouldBe(ids.OrderBy(id => Encoding.UTF8.GetBytes(id), Utf8Order));
        await Refused(CommitStatus.TooLarge, 0, Ada, Write.Create(new string('é', 512), Body()));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.Commit(Ada, [Write.Create("", Body())], None));
    }

    [Fact]
    public async Task Ids_that_differ_in_case_or_normal_form_are_different()
    {
        string[] ids = ["E", "e", "\u00e9", "e\u0301"];
        foreach (var id in ids)
        {
            await Committed(Ada, Write.Create(id, Body()));
        }
        (await Ids(Ada)).ShouldBe(ids.OrderBy(id => Encoding.UTF8.GetBytes(id), Utf8Order));
    }

    [Fact]
    public async Task Partitions_do_not_see_each_other()
    {
        Partition[] partitions =
        [
            Ada, Partition.Player(Tenant, "ada2"), Partition.Player(Tenant, "ad"), Partition.Group(Tenant, "ada"),
            Partition.Player(new(Tenant.AccountId, "workspace2"), "ada"), Partition.Player(new("account002", Tenant.WorkspaceId), "ada"),
            Partition.Configuration(Tenant, "ada"), Partition.Board(Tenant, "ada"), Partition.Platform(Tenant.AccountId), Partition.Platform("account002"),
            Partition.Directory(Tenant, 1), Partition.Audit(Tenant, new(2026, 3, 10)),
        ];
        for (var i = 0; i < partitions.Length; i++)
        {
            await Committed(partitions[i], Write.Create("same", Body($"{i}")), Write.Create($"own{i}", Body()));
        }
        await Committed(partitions[3], Write.Delete("same"));
        for (var i = 0; i < partitions.Length; i++)
        {
            (await Text(partitions[i], "same")).ShouldBe(i == 3 ? null : $"{i}");
            (await Ids(partitions[i])).ShouldBe(i == 3 ? ["own3"] : [$"own{i}", "same"]);
        }
    }

    [Fact]
    public async Task An_expired_document_is_as_good_as_absent()
    {
        var soon = Clock.GetUtcNow() + Lifetime;
        var etags = await Committed(Ada, Write.Create("a", Body("1"), soon), Write.Create("b", Body("1"), soon), Write.Create("c", Body("1")));
        (await Ids(Ada)).ShouldBe(["a", "b", "c"]);

        await Pass(Lifetime);

        (await Store.Read(Ada, "a", None)).ShouldBeNull();
        (await Ids(Ada)).ShouldBe(["c"]);
        (await Store.Changes(Container.Players, "", 10, None)).Items.Select(change => change.Document.Id).ShouldBe(["c"]);
        await Refused(CommitStatus.NotFound, 0, Ada, Write.Replace("a", Body("2"), etags[0]));
        await Refused(CommitStatus.NotFound, 0, Ada, Write.Delete("a"));
        await Committed(Ada, Write.Create("a", Body("2")));
        (await Text(Ada, "a")).ShouldBe("2");
    }

    [Fact]
    public async Task What_is_committed_is_there_after_a_restart()
    {
        var etags = await Committed(Ada, Write.Create("one", Body("1")), Write.Create("two", Body("2")));
        await Reopen();
        (await Ids(Ada)).ShouldBe(["one", "two"]);
        await Committed(Ada, Write.Replace("one", Body("3"), etags[0]));
    }

    [Fact]
    public async Task A_cancelled_caller_writes_nothing()
    {
        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.Commit(Ada, [Write.Create("one", Body())], new(canceled: true)));
        (await Store.Read(Ada, "one", None)).ShouldBeNull();
    }

    protected static readonly IComparer<byte[]> Utf8Order = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
}
