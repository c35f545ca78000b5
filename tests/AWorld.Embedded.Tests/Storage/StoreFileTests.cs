using System.Text;
using AWorld.Embedded.Storage;
using AWorld.Platform;
using AWorld.Tests;

namespace AWorld.Embedded.Tests.Storage;

/// <summary>The file of the store over its life: migration, backup, restore.</summary>
public sealed class StoreFileTests : IDisposable
{
    static readonly Partition Ada = Partition.Player(new("account001", "workspace1"), "ada");
    readonly string folder = Directory.CreateTempSubdirectory("aworld-file-").FullName;
    readonly FakeClock clock = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));

    string Database => Path.Combine(folder, SqliteDocumentStore.FileName);
    string BackupFile => Path.Combine(folder, "copy.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    SqliteDocumentStore Open() => new(folder, new(), clock);

    static async Task Put(SqliteDocumentStore store, string id, string text) =>
        (await store.Commit(Ada, [Write.Upsert(id, Encoding.UTF8.GetBytes(text))], default)).Committed.ShouldBeTrue();

    async Task<string?> Stored(string id)
    {
        using var store = Open();
        return await store.Read(Ada, id, default) is { } document ? Encoding.UTF8.GetString(document.Body.Span) : null;
    }

    [Fact]
    public async Task An_old_file_takes_the_steps_it_lacks_once()
    {
        using (var store = Open())
        {
            await Put(store, "one", "1");
        }
        string[] steps = [.. StoreSchema.Steps, "ALTER TABLE players ADD COLUMN region TEXT; UPDATE players SET region = 'eu';", "CREATE TABLE extra (n INTEGER); INSERT INTO extra VALUES (1);"];
        using var database = new Sqlite(Database);

        StoreSchema.Migrate(database, steps);
        StoreSchema.Migrate(database, steps);

        database.Scalar("PRAGMA user_version").ShouldBe(steps.Length);
        database.Text("SELECT region FROM players WHERE id = 'one'").ShouldBe("eu");
        database.Scalar("SELECT count(*) FROM extra").ShouldBe(1);
    }

    [Fact]
    public async Task A_file_of_the_first_version_keeps_its_documents_their_etags_and_their_order()
    {
        using (var database = new Sqlite(Database))
        {
            StoreSchema.Migrate(database, [StoreSchema.Steps[0]]);
            database.Execute($"""
                INSERT INTO document VALUES ({(int)Container.Players}, '{Ada.Key}', 'one', 7, NULL, '1'), ({(int)Container.Players}, '{Ada.Key}', 'two', 5, 99999999999999, '2'),
                    ({(int)Container.Audit}, 'account001/workspace1/2026-03-10', 'three', 6, NULL, '3');
                UPDATE position SET lsn = 7;
                """);
        }
        using var store = Open();

        var two = (await store.Read(Ada, "two", default)).ShouldNotBeNull();
        (Encoding.UTF8.GetString(two.Body.Span), two.ETag, two.ExpiresAt is null).ShouldBe(("2", "5", false));
        (await store.Changes(Container.Players, "", 10, [], default)).Items.Select(change => change.Document.Id).ShouldBe(["two", "one"]);
        (await store.Changes(Container.Audit, "", 10, [], default)).Items.Single().Document.Id.ShouldBe("three");
        (await store.Commit(Ada, [Write.Replace("one", "4"u8.ToArray(), "7")], default)).ETags.ShouldBe(["8"]);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_file_as_it_was()
    {
        using (var store = Open())
        {
            await Put(store, "one", "1");
        }
        using (var database = new Sqlite(Database))
        {
            Should.Throw<SqliteException>(() => StoreSchema.Migrate(database, [.. StoreSchema.Steps, "CREATE TABLE extra (n INTEGER); SELECT broken;"]));
        }
        (await Stored("one")).ShouldBe("1");
    }

    [Fact]
    public void A_newer_or_foreign_file_is_refused_and_left_alone()
    {
        Open().Dispose();
        using (var database = new Sqlite(Database))
        {
            database.Execute("PRAGMA user_version = 999");
        }
        Should.Throw<StoreVersionException>(Open).Message.ShouldContain("999");

        File.Delete(Database);
        using (var database = new Sqlite(Database))
        {
            database.Execute("CREATE TABLE theirs (n INTEGER)");
        }
        Should.Throw<StoreVersionException>(Open).Message.ShouldContain("not an AWorld store");
        using var again = new Sqlite(Database);
        again.Scalar("SELECT count(*) FROM sqlite_master").ShouldBe(1);
    }

    [Fact]
    public async Task A_backup_under_writes_is_one_moment_of_the_store()
    {
        using (var store = Open())
        {
            using var stop = new CancellationTokenSource();
            var acknowledged = 0;
            // Each batch keeps both documents equal, so a torn copy would show.
            var writing = Task.Run(async () =>
            {
                for (var n = 1; !stop.IsCancellationRequested; n++)
                {
                    var body = Encoding.UTF8.GetBytes($"{n}");
                    await store.Commit(Ada, [Write.Upsert("left", body), Write.Upsert("right", body), Write.Create($"entry{n:D8}", new byte[2000])], default);
                    Volatile.Write(ref acknowledged, n);
                }
            });
            while (Volatile.Read(ref acknowledged) < 50)
            {
                await Task.Yield();
            }
            var before = Volatile.Read(ref acknowledged);
            StoreBackup.Backup(folder, BackupFile);
            await stop.CancelAsync();
            await writing;

            var copy = Directory.CreateTempSubdirectory("aworld-file-").FullName;
            StoreBackup.Restore(copy, BackupFile);
            using (var restored = new SqliteDocumentStore(copy, new(), clock))
            {
                var left = Encoding.UTF8.GetString((await restored.Read(Ada, "left", default))!.Body.Span);
                Encoding.UTF8.GetString((await restored.Read(Ada, "right", default))!.Body.Span).ShouldBe(left);
                int.Parse(left, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(before);
                (await restored.Query(Ada, DocumentQuery.Prefix("entry", descending: true, limit: 1), default)).Items[0].Id.ShouldBe($"entry{int.Parse(left, System.Globalization.CultureInfo.InvariantCulture):D8}");
            }
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task Restoring_brings_the_backup_back_and_keeps_what_it_replaced()
    {
        using (var store = Open())
        {
            await Put(store, "one", "old");
            StoreBackup.Backup(folder, BackupFile);
            await Put(store, "one", "new");
            Should.Throw<StoreInUseException>(() => StoreBackup.Restore(folder, BackupFile));
        }

        StoreBackup.Restore(folder, BackupFile);
        (await Stored("one")).ShouldBe("old");

        File.Move(Database + StoreBackup.ReplacedSuffix, Database, overwrite: true);
        (await Stored("one")).ShouldBe("new");
    }

    [Fact]
    public async Task Restoring_after_a_crash_does_not_mix_the_old_log_into_the_restored_store()
    {
        var crashed = Directory.CreateTempSubdirectory("aworld-file-").FullName;
        using (var store = Open())
        {
            await Put(store, "one", "old");
            StoreBackup.Backup(folder, BackupFile);
            await Put(store, "one", "new");
            foreach (var file in (string[])[Database, Database + "-wal"])
            {
                File.Copy(file, Path.Combine(crashed, Path.GetFileName(file)));
            }
        }
        StoreBackup.Restore(crashed, BackupFile);
        using (var restored = new SqliteDocumentStore(crashed, new(), clock))
        {
            Encoding.UTF8.GetString((await restored.Read(Ada, "one", default))!.Body.Span).ShouldBe("old");
        }
        Directory.Delete(crashed, recursive: true);
    }

    public static TheoryData<string> Breaks => ["missing", "empty", "text", "cut", "scribbled", "newer"];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_backup_is_refused_and_the_store_stays(string how)
    {
        using (var store = Open())
        {
            for (var n = 0; n < 100; n++)
            {
                await Put(store, $"{n}", $"\"{new string('x', 1000)}\"");
            }
            StoreBackup.Backup(folder, BackupFile);
            await Put(store, "0", "current");
        }
        Break(how);

        Should.Throw<StoreException>(() => StoreBackup.Restore(folder, BackupFile));

        (await Stored("0")).ShouldBe("current");
        File.Exists(Database + ".restoring").ShouldBeFalse();
    }

    void Break(string how)
    {
        var bytes = File.ReadAllBytes(BackupFile);
        switch (how)
        {
            case "missing":
                File.Delete(BackupFile);
                break;
            case "empty":
                File.WriteAllBytes(BackupFile, []);
                break;
            case "text":
                File.WriteAllText(BackupFile, new string('x', 10_000));
                break;
            case "cut":
                File.WriteAllBytes(BackupFile, bytes[..(bytes.Length / 2)]);
                break;
            case "scribbled":
                bytes.AsSpan(StoreSchema.PageSize * 2, StoreSchema.PageSize).Fill(0x5A);
                File.WriteAllBytes(BackupFile, bytes);
                break;
            case "newer":
                using (var database = new Sqlite(BackupFile))
                {
                    database.Execute("PRAGMA user_version = 999");
                }
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, "unknown");
        }
    }

    [Fact]
    public async Task A_backup_does_not_overwrite_and_needs_a_store()
    {
        Should.Throw<StoreException>(() => StoreBackup.Backup(folder, BackupFile)).Message.ShouldContain("no store");
        using (var store = Open())
        {
            await Put(store, "one", "1");
        }
        File.WriteAllText(BackupFile, "precious");
        Should.Throw<StoreException>(() => StoreBackup.Backup(folder, BackupFile)).Message.ShouldContain("exists");
        File.ReadAllText(BackupFile).ShouldBe("precious");
    }

    [Fact]
    public async Task A_store_that_does_not_run_can_be_backed_up()
    {
        using (var store = Open())
        {
            await Put(store, "one", "1");
        }
        StoreBackup.Backup(folder, BackupFile);
        File.Delete(Database);
        StoreBackup.Restore(folder, BackupFile);
        (await Stored("one")).ShouldBe("1");
    }
}
