using System.Buffers;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace AWorld.Embedded.Storage;

/// <summary>SQLite refused something that no caller of the store can cause: a full disk, a damaged file, a defect.</summary>
public sealed class SqliteException(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    public int Code { get; } = code;

    public bool IsFull => Code == raw.SQLITE_FULL;
}

/// <summary>
/// A connection to the operating system's SQLite, for one thread at a time. The store needs a dozen statements and
/// runs them a hundred thousand times a second, so it binds them directly instead of through ADO.NET.
/// </summary>
sealed class Sqlite : IDisposable
{
    const int CacheWrites = 9;
    readonly List<Statement> statements = [];
    readonly sqlite3 handle;

    static Sqlite()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.FreezeProvider();
    }

    public Sqlite(string path, bool readOnly = false, int cacheKilobytes = 2048)
    {
        var flags = readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        var code = raw.sqlite3_open_v2(path, out handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            handle?.Dispose();
            throw new SqliteException(code, $"cannot open {path}");
        }
        _ = raw.sqlite3_busy_timeout(handle, 5000);
        Execute($"PRAGMA cache_size = {-cacheKilobytes}; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;");
    }

    /// <summary>False after SQLite rolled a transaction back by itself.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>Pages this connection has written to the log since the last call.</summary>
    public int TakePagesWritten() =>
        raw.sqlite3_db_status(handle, CacheWrites, out var pages, out _, resetFlg: 1) == raw.SQLITE_OK ? pages : 0;

    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>A statement to keep and run again; disposed with the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = Compile(sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>The first column of the first row, 0 without rows.</summary>
    public long Scalar(string sql)
    {
        using var statement = Compile(sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    /// <summary>The first column of the first row, empty without rows.</summary>
    public string Text(string sql)
    {
        using var statement = Compile(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    public SqliteException Failure(int code) => new(code, raw.sqlite3_errmsg(handle).utf8_to_string());

    public void Dispose()
    {
        statements.ForEach(statement => statement.Dispose());
        handle.Dispose();
    }

    Statement Compile(string sql)
    {
        var code = raw.sqlite3_prepare_v2(handle, sql, out var statement);
        return code == raw.SQLITE_OK ? new Statement(this, statement) : throw Failure(code);
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return 0;
        }
        ReadOnlySpan<string> candidates = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3", "sqlite3"];
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out var library))
            {
                return library;
            }
        }
        throw new DllNotFoundException("SQLite is not installed; on Debian and Ubuntu: apt install libsqlite3-0");
    }
}

/// <summary>A prepared statement: bind (from 1), step, read columns (from 0), reset.</summary>
sealed class Statement(Sqlite connection, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, long? value)
    {
        Check(value is { } number ? raw.sqlite3_bind_int64(handle, index, number) : raw.sqlite3_bind_null(handle, index));
        return this;
    }

    public Statement Bind(int index, string text)
    {
        if (text.Length == 0)
        {
            Check(raw.sqlite3_bind_text(handle, index, ""));
            return this;
        }
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
        BindText(index, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <param name="text">UTF-8, not empty.</param>
    public Statement BindText(int index, ReadOnlySpan<byte> text)
    {
        Check(raw.sqlite3_bind_text(handle, index, text));
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> blob)
    {
        // An empty span is a null pointer, and that SQLite takes for NULL; so too with text.
        Check(blob.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, blob));
        return this;
    }

    /// <summary>Moves to the next row; false, and reset, when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }
        _ = raw.sqlite3_reset(handle);
        return code == raw.SQLITE_DONE ? false : throw connection.Failure(code);
    }

    public void Run()
    {
        while (Step())
        {
        }
    }

    public void Reset() => _ = raw.sqlite3_reset(handle);

    public long Integer(int column) => raw.sqlite3_column_int64(handle, column);
    public long? OptionalInteger(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Integer(column);
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);
    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => handle.Dispose();

    void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw connection.Failure(code);
        }
    }
}
