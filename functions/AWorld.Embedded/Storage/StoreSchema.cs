using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>The file was written by a newer version of the product, or is not ours.</summary>
public sealed class StoreVersionException(string message) : StoreException(message);

/// <summary>
/// The tables, as the list of steps that lead from an empty file to the current version. A released step is never
/// changed; a new one is added, and files written by an older version take the steps they lack when opened.
/// </summary>
static class StoreSchema
{
    /// <summary>Marks a SQLite file as ours: "AWld".</summary>
    const int ApplicationId = 0x41576C64;

    public const int PageSize = 4096;

    /// <summary>The containers that the second step moved; a later one gets its tables when a store with it is opened.</summary>
    static readonly string[] FirstContainers = ["platform", "configuration", "players", "leaderboards", "directory", "audit"];

    // lsn, unique in the store and growing with every write, is the ETag and the order of the change feed.
    public static readonly IReadOnlyList<string> Steps =
    [
        """
        CREATE TABLE document (
            container     INTEGER NOT NULL,
            partition_key TEXT    NOT NULL,
            id            TEXT    NOT NULL,
            lsn           INTEGER NOT NULL,
            expires_at    INTEGER,
            body          BLOB    NOT NULL,
            PRIMARY KEY (container, partition_key, id)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX document_changes ON document (container, lsn);
        CREATE INDEX document_expiry ON document (expires_at) WHERE expires_at IS NOT NULL;
        CREATE TABLE position (one INTEGER PRIMARY KEY CHECK (one = 1), lsn INTEGER NOT NULL);
        INSERT INTO position VALUES (1, 0);
        """,
        $"""
        CREATE TABLE replaced (lsn INTEGER PRIMARY KEY, container INTEGER NOT NULL, old INTEGER NOT NULL);
        {string.Concat(FirstContainers.Select((name, number) => $"""
        {Container(name)}
        INSERT INTO {name}_version SELECT lsn, partition_key, id, expires_at, body FROM document WHERE container = {number} ORDER BY lsn;
        INSERT INTO {name} SELECT partition_key, id, lsn, expires_at FROM document WHERE container = {number};

        """))}
        DROP TABLE document;
        """,
    ];

    public static string Name(Container container) => container.ToString().ToLowerInvariant();

    // Bodies are only ever appended, in the order of their commits, so that a commit writes whole neighbouring pages,
    // and that order is the change feed. The key table finds them; its rows are small, so a user's lie on one page.
    static string Container(string name) => $"""
        CREATE TABLE IF NOT EXISTS {name}_version (
            lsn           INTEGER PRIMARY KEY,
            partition_key TEXT NOT NULL,
            id            TEXT NOT NULL,
            expires_at    INTEGER,
            body          BLOB NOT NULL
        );
        CREATE TABLE IF NOT EXISTS {name} (
            partition_key TEXT    NOT NULL,
            id            TEXT    NOT NULL,
            lsn           INTEGER NOT NULL,
            expires_at    INTEGER,
            PRIMARY KEY (partition_key, id)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS {name}_expiry ON {name} (expires_at) WHERE expires_at IS NOT NULL;
        """;

    /// <summary>Brings the file to the last version; nothing is changed when it is newer or foreign.</summary>
    public static void Migrate(Sqlite database)
    {
        Migrate(database, Steps);
        foreach (var container in Enum.GetValues<Container>())
        {
            database.Execute(Container(Name(container)));
        }
    }

    internal static void Migrate(Sqlite database, IReadOnlyList<string> steps)
    {
        for (var version = Check(database, steps); version < steps.Count; version++)
        {
            database.Execute($"BEGIN IMMEDIATE; {steps[version]} PRAGMA user_version = {version + 1}; PRAGMA application_id = {ApplicationId}; COMMIT;");
        }
    }

    /// <summary>The file's version, when this product can open it.</summary>
    public static int Check(Sqlite database) => Check(database, Steps);

    static int Check(Sqlite database, IReadOnlyList<string> steps)
    {
        var version = (int)database.Scalar("PRAGMA user_version");
        var application = database.Scalar("PRAGMA application_id");
        var isEmpty = database.Scalar("SELECT count(*) FROM sqlite_master") == 0;
        if (application != ApplicationId && !(isEmpty && version == 0))
        {
            throw new StoreVersionException("the file is not an AWorld store");
        }
        return version <= steps.Count
            ? version
            : throw new StoreVersionException($"the store has version {version}, this program knows up to {steps.Count}; run the newer program, or restore an older backup");
    }
}
