namespace AWorld.Embedded.Storage;

/// <summary>Copies of a store in one file, taken while it serves, and the way back.</summary>
public static class StoreBackup
{
    /// <summary>Where <see cref="Restore"/> keeps the store it replaced.</summary>
    public const string ReplacedSuffix = ".before-restore";

    /// <summary>Writes a compact copy of one moment of the store; commits go on meanwhile, in this or another process.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="target">Must not exist. It appears only when it is complete and on the disk.</param>
    public static void Backup(string folder, string target)
    {
        var source = Path.Combine(folder, SqliteDocumentStore.FileName);
        if (!File.Exists(source))
        {
            throw new StoreException($"there is no store in {folder}");
        }
        if (File.Exists(target))
        {
            throw new StoreException($"{target} exists; choose another name or remove it first");
        }
        var partial = target + ".partial";
        File.Delete(partial);
        using (var database = new Sqlite(source, readOnly: true))
        {
            StoreSchema.Check(database);
            using var copy = database.Prepare("VACUUM INTO ?1");
            copy.Bind(1, partial).Run();
        }
        Flush(partial);
        File.Move(partial, target);
    }

    /// <summary>
    /// Replaces the store by a backup, which is copied and checked first: whatever fails, the store stays as it was.
    /// The replaced one is kept beside it. The host must be stopped.
    /// </summary>
    public static void Restore(string folder, string backup)
    {
        if (!File.Exists(backup))
        {
            throw new StoreException($"{backup} does not exist");
        }
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, SqliteDocumentStore.FileName);
        using var exclusive = StoreLock.Take(target);
        var incoming = target + ".restoring";
        try
        {
            File.Copy(backup, incoming, overwrite: true);
            Verify(incoming, backup);
            Flush(incoming);
            if (File.Exists(target))
            {
                Settle(target);
                File.Replace(incoming, target, target + ReplacedSuffix);
            }
            else
            {
                File.Move(incoming, target);
            }
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    static void Verify(string file, string name)
    {
        try
        {
            using var database = new Sqlite(file);
            if (StoreSchema.Check(database) == 0 || database.Text("PRAGMA integrity_check") is not "ok")
            {
                throw new StoreException($"{name} is empty or damaged");
            }
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"{name} is not a readable backup: {failure.Message}");
        }
    }

    /// <summary>A write-ahead log left beside the file would be applied to the restored one, so it is emptied first.</summary>
    static void Settle(string file)
    {
        try
        {
            using var database = new Sqlite(file);
            _ = database.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"the store that would be replaced cannot be read ({failure.Message}); move {file}* away, then restore");
        }
        if (File.Exists(file + "-wal"))
        {
            throw new StoreException($"{file} is open in another program; close it, then restore");
        }
    }

    static void Flush(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }
}
