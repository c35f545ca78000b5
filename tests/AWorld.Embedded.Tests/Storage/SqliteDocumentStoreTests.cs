using AWorld.Embedded.Storage;
using AWorld.Platform;
using AWorld.Tests.Storage;

namespace AWorld.Embedded.Tests.Storage;

public sealed class SqliteDocumentStoreTests : DocumentStoreConformance
{
    readonly string folder = Directory.CreateTempSubdirectory("aworld-store-").FullName;
    StorageOptions options = new();
    SqliteDocumentStore store = null!;

    string Database => Path.Combine(folder, SqliteDocumentStore.FileName);

    protected override Task<IDocumentStore> Open()
    {
        store = new SqliteDocumentStore(folder, options, Clock);
        return Task.FromResult<IDocumentStore>(store);
    }

    protected override Task Close()
    {
        store.Dispose();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Holds the writer's thread until the returned handle is set, so that commits queue up.</summary>
    async Task<(ManualResetEventSlim Release, Task Held)> HoldWriter()
    {
        var release = new ManualResetEventSlim();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = store.Writer.Between(_ =>
        {
            reached.SetResult();
            return release.Wait(TimeSpan.FromSeconds(30));
        });
        await reached.Task;
        return (release, held);
    }

    [Fact]
    public async Task What_queues_up_during_a_commit_becomes_one_commit()
    {
        var before = store.Writer.Groups;
        var (release, held) = await HoldWriter();
        var commits = Enumerable.Range(0, 100).Select(n => Store.Commit(Partition.Player(Tenant, $"u{n}"), [Write.Create("one", Body())], None).AsTask()).ToArray();
        release.Set();
        await Task.WhenAll(commits);
        await held;
        (store.Writer.Groups - before).ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_batch_leaves_its_neighbours_in_the_group_alone()
    {
        await Committed(Ada, Write.Create("taken", Body("old")));
        var (release, held) = await HoldWriter();
        var first = Store.Commit(Ada, [Write.Create("first", Body())], None);
        var refused = Store.Commit(Ada, [Write.Create("half", Body()), Write.Create("taken", Body("new"))], None);
        var sees = Store.Commit(Ada, [Write.Create("first", Body("again"))], None);
        var last = Store.Commit(Ada, [Write.Create("last", Body())], None);
        release.Set();
        await held;

        (await first).Status.ShouldBe(CommitStatus.Committed);
        (await refused).Status.ShouldBe(CommitStatus.Conflict);
        (await sees).Status.ShouldBe(CommitStatus.Conflict);
        (await last).Status.ShouldBe(CommitStatus.Committed);
        (await Ids(Ada)).ShouldBe(["first", "last", "taken"]);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_applies_nothing_of_it()
    {
        options = new() { QueuedBatches = 2, RetryAfterSeconds = 1 };
        await Reopen();
        var (release, held) = await HoldWriter();
        var first = Store.Commit(Ada, [Write.Create("1", Body())], None);
        var second = Store.Commit(Ada, [Write.Create("2", Body())], None);

        var busy = await Should.ThrowAsync<StoreBusyException>(async () => await Store.Commit(Ada, [Write.Create("3", Body())], None));

        busy.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        release.Set();
        await held;
        (await first).Committed.ShouldBeTrue();
        (await second).Committed.ShouldBeTrue();
        (await Ids(Ada)).ShouldBe(["1", "2"]);
        await Committed(Ada, Write.Create("3", Body()));
    }

    [Fact]
    public async Task The_queue_is_bounded_in_bytes_too()
    {
        options = new() { QueuedMegabytes = 2 };
        await Reopen();
        var (release, held) = await HoldWriter();
        var first = Store.Commit(Ada, [Write.Create("1", new byte[StoreLimits.BatchBytes])], None);
        await Should.ThrowAsync<StoreBusyException>(async () => await Store.Commit(Ada, [Write.Create("2", Body())], None));
        release.Set();
        await held;
        (await first).Committed.ShouldBeTrue();
    }

    [Fact]
    public async Task Expired_documents_are_removed_in_bounded_steps()
    {
        var expires = Clock.GetUtcNow().AddMinutes(1);
        for (var batch = 0; batch < 7; batch++)
        {
            await Committed(Ada, [.. Enumerable.Range(0, 100).Select(n => Write.Create($"{batch}-{n}", Body(), expires))]);
        }
        await Committed(Ada, Write.Create("kept", Body(), expires.AddDays(1)), Write.Create("for ever", Body()));
        (await store.Sweep()).ShouldBe(0);
        Clock.Advance(TimeSpan.FromMinutes(1));

        var removed = 0;
        while (await store.Sweep() is > 0 and var step)
        {
            step.ShouldBeLessThanOrEqualTo(StoreWriter.SweepStep);
            removed += step;
        }

        // The timer that passed with the clock removes some of them too.
        removed.ShouldBeInRange(0, 700);
        (await store.Writer.Between(own => own.Scalar("SELECT count(*) FROM players_version"))).ShouldBe(2);
    }

    [Theory]
    [InlineData(1_000, 700)]
    [InlineData(0, 20)]
    public async Task Replaced_versions_are_removed_when_nobody_writes_or_too_many_wait(int bound, int writes)
    {
        options = new() { ReplacedDocuments = bound };
        await Reopen();
        await Committed(Ada, Write.Create("kept", Body()), Write.Create("deleted", Body()));
        for (var n = 0; n < writes; n++)
        {
            await Committed(Ada, Write.Upsert("replaced", Body($"{n}")), Write.Upsert("deleted", Body()));
        }
        await Committed(Ada, Write.Delete("deleted"));
        while (store.Writer.Replaced > 0)
        {
            await Task.Yield();
        }

        (await store.Writer.Between(own => own.Scalar("SELECT count(*) FROM players_version"))).ShouldBe(2);
        (await store.Writer.Between(own => own.Scalar("SELECT count(*) FROM replaced"))).ShouldBe(0);
        (await Ids(Ada)).ShouldBe(["kept", "replaced"]);
        (await Store.Changes(Container.Players, "", 10, None)).Items.Select(change => change.Document.Id).ShouldBe(["kept", "replaced"]);
    }

    [Fact]
    public async Task A_second_process_is_told_that_the_file_is_in_use()
    {
        Should.Throw<StoreInUseException>(() => new SqliteDocumentStore(folder, options, Clock)).Message.ShouldContain("in use");
        await Committed(Ada, Write.Create("one", Body()));
    }

    [Fact]
    public async Task A_copy_of_the_files_of_a_running_store_holds_every_acknowledged_write()
    {
        for (var n = 0; n < 20; n++)
        {
            await Committed(Ada, Write.Create($"{n:D2}", Body()));
        }
        var copy = Directory.CreateTempSubdirectory("aworld-store-").FullName;
        foreach (var file in (string[])[Database, Database + "-wal"])
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
        using (var recovered = new SqliteDocumentStore(copy, options, Clock))
        {
            (await recovered.Query(Ada, new(), None)).Items.Count.ShouldBe(20);
        }
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task The_log_does_not_grow_with_the_load()
    {
        options = new() { CheckpointMegabytes = 1 };
        await Reopen();
        var body = new byte[50_000];
        for (var n = 0; n < 400; n++)
        {
            await Committed(Ada, Write.Upsert($"{n % 20}", body));
        }
        new FileInfo(Database + "-wal").Length.ShouldBeLessThan(10 * 1024 * 1024);
    }

    [Fact]
    public async Task A_graceful_stop_leaves_one_file()
    {
        await Committed(Ada, Write.Create("one", Body()));
        await Close();
        Directory.GetFiles(folder).Select(Path.GetFileName).ShouldBe([SqliteDocumentStore.FileName, SqliteDocumentStore.FileName + ".lock"], ignoreOrder: true);
        await Open();
    }

    [Fact]
    public async Task Commits_are_synchronous_and_logged_ahead()
    {
        (await store.Writer.Between(own => own.Text("PRAGMA journal_mode"))).ShouldBe("wal");
        (await store.Writer.Between(own => own.Scalar("PRAGMA synchronous"))).ShouldBe(2);
    }

    [Fact]
    public async Task A_failing_disk_fails_the_callers_and_not_those_after_them()
    {
        await store.Writer.Between(own => { own.Execute("PRAGMA max_page_count = 1"); return 0; });
        var pages = await store.Writer.Between(own => own.Scalar("PRAGMA page_count"));
        await Should.ThrowAsync<StorageFullException>(async () => await Store.Commit(Ada, [Write.Create("large", new byte[1_000_000])], None));
        await store.Writer.Between(own => { own.Execute("PRAGMA max_page_count = 1000000"); return 0; });

        (await Ids(Ada)).ShouldBeEmpty();
        await Committed(Ada, Write.Create("one", Body()));
        (await Ids(Ada)).ShouldBe(["one"]);
        pages.ShouldBeGreaterThan(0);
    }
}
