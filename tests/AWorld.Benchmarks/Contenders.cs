using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AWorld.Embedded.Storage;
using AWorld.Platform;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace AWorld.Benchmarks;

/// <summary>Something that stores the four documents of an action durably and reads one back.</summary>
interface IContender : IAsyncDisposable
{
    string Name { get; }
    ValueTask Act(int user, string action, byte[][] bodies);
    ValueTask<int> Read(int user);
}

/// <summary>This product's store.</summary>
sealed class OurStore(string folder) : IContender
{
    static readonly Tenant Tenant = new("account001", "workspace1");
    readonly SqliteDocumentStore store = new(folder, new(), TimeProvider.System);

    public string Name => "AWorld store (SQLite, group commit)";

    static Partition Of(int user) => Partition.Player(Tenant, $"user-{user:D6}-abcdefghij");

    public async ValueTask Act(int user, string action, byte[][] bodies)
    {
        var result = await store.Commit(Of(user), [
            Write.Create($"action:{action}", bodies[0]), Write.Create($"journal:{action}", bodies[1]), Write.Upsert("state", bodies[2]), Write.Upsert("balance", bodies[3])], default);
        if (!result.Committed)
        {
            throw new InvalidOperationException(result.Status.ToString());
        }
    }

    public async ValueTask<int> Read(int user) => (await store.Read(Of(user), "state", default))?.Body.Length ?? 0;

    public ValueTask DisposeAsync()
    {
        store.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>SQLite as one would use it by hand: as durable, one transaction an action, callers take turns.</summary>
sealed class PlainSqlite : IContender
{
    readonly SqliteConnection connection;
    readonly SqliteCommand insert;
    readonly SqliteCommand read;
    readonly SemaphoreSlim turn = new(1);

    public PlainSqlite(string folder)
    {
        // The store's connection loads the system's SQLite for the whole process.
        RuntimeHelpers.RunClassConstructor(typeof(Sqlite).TypeHandle);
        Directory.CreateDirectory(folder);
        connection = new($"Data Source={Path.Combine(folder, "plain.db")}");
        connection.Open();
        using var setup = connection.CreateCommand();
        setup.CommandText = """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE document (owner TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (owner, id)) WITHOUT ROWID;
            """;
        setup.ExecuteNonQuery();
        insert = Command("INSERT INTO document VALUES ($owner, $id, $body) ON CONFLICT DO UPDATE SET body = excluded.body", "$owner", "$id", "$body");
        read = Command("SELECT body FROM document WHERE owner = $owner AND id = $id", "$owner", "$id");
    }

    public string Name => "plain SQLite, a transaction each";

    SqliteCommand Command(string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        }
        command.Prepare();
        return command;
    }

    public async ValueTask Act(int user, string action, byte[][] bodies)
    {
        await turn.WaitAsync();
        try
        {
            using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            string[] ids = [$"action:{action}", $"journal:{action}", "state", "balance"];
            for (var i = 0; i < ids.Length; i++)
            {
                insert.Parameters[0].Value = $"account001/workspace1/user-{user:D6}-abcdefghij";
                insert.Parameters[1].Value = ids[i];
                insert.Parameters[2].Value = bodies[i];
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask<int> Read(int user)
    {
        await turn.WaitAsync();
        try
        {
            read.Parameters[0].Value = $"account001/workspace1/user-{user:D6}-abcdefghij";
            read.Parameters[1].Value = "state";
            return read.ExecuteScalar() is byte[] body ? body.Length : 0;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await insert.DisposeAsync();
        await read.DisposeAsync();
        await connection.DisposeAsync();
        turn.Dispose();
    }
}

/// <summary>A PostgreSQL server of our own, fsync on, over its Unix socket.</summary>
sealed class Postgres : IContender
{
    readonly NpgsqlDataSource source;
    readonly string folder;
    readonly string binaries;

    Postgres(string binaries, string folder, NpgsqlDataSource source) => (this.binaries, this.folder, this.source) = (binaries, folder, source);

    public string Name => "PostgreSQL (Npgsql, jsonb)";

    /// <summary>Null where PostgreSQL is not installed.</summary>
    public static async Task<Postgres?> Start(string folder)
    {
        if (!Directory.Exists("/usr/lib/postgresql"))
        {
            return null;
        }
        var bin = Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Max()!, "bin");
        Directory.CreateDirectory(folder);
        // PostgreSQL refuses to run as root.
        if (Environment.UserName == "root")
        {
            await Execute("chown", "postgres", folder);
        }
        await AsPostgres($"{bin}/initdb -D {folder}/pg -U bench -A trust >/dev/null");
        await AsPostgres($"{bin}/pg_ctl -D {folder}/pg -w -l {folder}/log -o \"-k {folder} -c listen_addresses='' -c shared_buffers=256MB -c max_connections=200\" start >/dev/null");
        var database = NpgsqlDataSource.Create($"Host={folder};Username=bench;Database=postgres;Maximum Pool Size=128;Max Auto Prepare=10;Auto Prepare Min Usages=1");
        await using var create = database.CreateCommand("CREATE TABLE document (owner text NOT NULL, id text NOT NULL, body jsonb NOT NULL, PRIMARY KEY (owner, id))");
        await create.ExecuteNonQueryAsync();
        return new(bin, folder, database);
    }

    public async ValueTask Act(int user, string action, byte[][] bodies)
    {
        const string put = "INSERT INTO document VALUES ($1, $2, $3) ON CONFLICT (owner, id) DO UPDATE SET body = excluded.body";
        await using var batch = source.CreateBatch();
        string[] ids = [$"action:{action}", $"journal:{action}", "state", "balance"];
        for (var i = 0; i < ids.Length; i++)
        {
            batch.BatchCommands.Add(new(put)
            {
                Parameters = { new() { Value = $"account001/workspace1/user-{user:D6}-abcdefghij" }, new() { Value = ids[i] }, new() { Value = bodies[i], NpgsqlDbType = NpgsqlDbType.Jsonb } },
            });
        }
        await batch.ExecuteNonQueryAsync();
    }

    public async ValueTask<int> Read(int user)
    {
        await using var read = source.CreateCommand("SELECT body FROM document WHERE owner = $1 AND id = 'state'");
        read.Parameters.Add(new() { Value = $"account001/workspace1/user-{user:D6}-abcdefghij" });
        return await read.ExecuteScalarAsync() is string body ? body.Length : 0;
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await AsPostgres($"{binaries}/pg_ctl -D {folder}/pg -m fast stop >/dev/null");
        Directory.Delete(folder, recursive: true);
    }

    static Task AsPostgres(string command) =>
        Environment.UserName == "root" ? Execute("runuser", "-u", "postgres", "--", "sh", "-c", command) : Execute("sh", "-c", command);

    static async Task Execute(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}"));
        }
    }
}
