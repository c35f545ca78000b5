namespace AWorld.Platform;

/// <summary>Encrypts what the store must not give away to who can read it, such as the keys that sign tokens.</summary>
/// <exception cref="KeysUnavailableException" />
public interface IKeyProtection
{
    /// <param name="name">What it is; the same one is needed to read it again.</param>
    byte[] Protect(string name, ReadOnlySpan<byte> secret);

    /// <summary>Null: it cannot be read with the keys at hand.</summary>
    byte[]? Unprotect(string name, ReadOnlySpan<byte> secret);
}

/// <summary>The keys are out of reach for now, and nothing was encrypted. Mapped to 503 with Retry-After.</summary>
public class KeysUnavailableException(string message, Exception cause) : Exception(message, cause)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
}
