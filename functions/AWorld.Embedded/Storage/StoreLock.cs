namespace AWorld.Embedded.Storage;

/// <summary>What the operator has to know about the file of the store, and can do something about.</summary>
public class StoreException(string message) : Exception(message);

/// <summary>Another process serves the same file.</summary>
public sealed class StoreInUseException(string file) : StoreException($"{file} is in use by another process; stop it first, or choose another data folder");

static class StoreLock
{
    /// <summary>Held until disposed or until the process ends, however it ends.</summary>
    public static FileStream Take(string file)
    {
        try
        {
            return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StoreInUseException(file);
        }
    }
}
