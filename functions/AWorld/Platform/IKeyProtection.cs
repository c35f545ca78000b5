namespace AWorld.Platform;

/// <summary>Encrypts what the store must not give away to who can read it, such as the keys that sign tokens. It throws while its keys are out of reach.</summary>
public interface IKeyProtection
{
    /// <param name="name">What it is; the same one is needed to read it again.</param>
    byte[] Protect(string name, ReadOnlySpan<byte> secret);

    /// <summary>Null: it cannot be read with the keys at hand.</summary>
    byte[]? Unprotect(string name, ReadOnlySpan<byte> secret);
}
