using System.Collections.Concurrent;
using AWorld.Platform;

namespace AWorld.Functions.KeyVault;

/// <summary>
/// Encrypts with keys that only vaults keep. What was encrypted names its key, not where it lies: each region opens by
/// its own vault what any other closed, and asks the origin, where keys are made, for those it has no copy of.
/// </summary>
/// <param name="own">Of this region.</param>
/// <param name="origin">Of all regions; null: the one vault is both.</param>
sealed class KeyVaultProtection(VaultKeys own, VaultKeys? origin, KeyVaultOptions options, TimeProvider clock, ILogger<KeyVaultProtection> log) : IKeyProtection
{
    const byte Format = 2;
    const int MostMissing = 1_000;

    sealed record Asked(ProtectionKey Key, long At);

    readonly VaultKeys source = origin ?? own;
    readonly Lock gate = new();
    readonly ConcurrentDictionary<string, ProtectionKey> known = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, long> missing = new(StringComparer.Ordinal);
    volatile Asked? asked;

    public byte[] Protect(string name, ReadOnlySpan<byte> secret)
    {
        var key = Current();
        return [Format, .. Convert.FromHexString(key.Id), .. Sealed.Seal(key.Bytes, name, secret)];
    }

    public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret)
    {
        if (secret.Length < 1 + ProtectionKey.IdBytes || secret[0] != Format)
        {
            return null;
        }
        Keep();
        return Find(Convert.ToHexString(secret.Slice(1, ProtectionKey.IdBytes))) is { } key ? Sealed.Open(key.Bytes, name, secret[(1 + ProtectionKey.IdBytes)..]) : null;
    }

    /// <summary>Most instances only ever read; the region must have its copies all the same.</summary>
    void Keep()
    {
        try
        {
            Current();
        }
        catch (VaultFailedException)
        {
            // What is read may well be known.
        }
    }

    /// <summary>The key that encrypts now.</summary>
    ProtectionKey Current()
    {
        if (Fresh is { } fresh)
        {
            return fresh;
        }
        // While one asks, the others go on with the key they have.
        if (!gate.TryEnter())
        {
            if (asked is { } earlier)
            {
                return earlier.Key;
            }
            gate.Enter();
        }
        try
        {
            if (Fresh is { } meanwhile)
            {
                return meanwhile;
            }
            var key = Ask();
            asked = new(known.GetOrAdd(key.Id, key), clock.GetTimestamp());
            return key;
        }
        finally
        {
            gate.Exit();
        }
    }

    ProtectionKey? Fresh => asked is { } last && clock.GetElapsedTime(last.At) < options.RefreshEvery ? last.Key : null;

    ProtectionKey Ask()
    {
        try
        {
            var key = source.Latest() ?? Make();
            Copy(key);
            return key;
        }
        catch (VaultFailedException failure)
        {
            // The copy before what is in memory: it outlives this instance.
            var key = Copied() ?? asked?.Key;
            if (key is null)
            {
                throw;
            }
            log.LogWarning(failure, "Keys of {Origin} are out of reach; going on with the last that is at hand here", source.Name);
            return key;
        }
    }

    /// <summary>An origin that has lost its keys gets them back from a region, before anybody makes a new one.</summary>
    ProtectionKey Make()
    {
        var key = Copied();
        if (key is null)
        {
            source.Add(key = ProtectionKey.New());
        }
        else
        {
            Fill(source, own, key);
        }
        // If two made one at once, both go on with the later.
        return source.Latest() ?? key;
    }

    /// <summary>A region that cannot keep copies serves as long as the origin does.</summary>
    void Copy(ProtectionKey latest)
    {
        try
        {
            if (origin is not null && own.Latest()?.Id != latest.Id)
            {
                Fill(own, origin, latest);
            }
        }
        catch (VaultFailedException failure)
        {
            log.LogWarning(failure, "Keys of {Origin} cannot be copied to {Vault}: should the former be lost, this region cannot read what they protect; trying again in {RefreshEvery}", source.Name, own.Name, options.RefreshEvery);
        }
    }

    /// <summary>Adds what a vault lacks of another, the latest last, so that once this is there all are.</summary>
    void Fill(VaultKeys to, VaultKeys from, ProtectionKey latest)
    {
        var has = to.All().Select(static key => key.Id).Append(latest.Id).ToHashSet(StringComparer.Ordinal);
        List<ProtectionKey> lacking = [latest, .. from.All().Where(key => has.Add(key.Id))];
        lacking.Reverse();
        lacking.ForEach(to.Add);
        log.LogInformation("{Keys} keys of {From} were copied to {To}", lacking.Count, from.Name, to.Name);
    }

    /// <summary>The latest that the region keeps a copy of; null: none, or none to be had.</summary>
    ProtectionKey? Copied()
    {
        try
        {
            return origin is null ? null : own.Latest();
        }
        catch (VaultFailedException)
        {
            return null;
        }
    }

    /// <summary>Null: every vault answered, and none has it.</summary>
    ProtectionKey? Find(string id)
    {
        if (known.TryGetValue(id, out var key))
        {
            return key;
        }
        if (missing.TryGetValue(id, out var askedAt) && clock.GetElapsedTime(askedAt) < options.RefreshEvery)
        {
            return null;
        }
        VaultFailedException? failed = null;
        foreach (var vault in origin is null ? [own] : new[] { own, origin })
        {
            try
            {
                if (vault.All().FirstOrDefault(one => one.Id == id) is { } found)
                {
                    return known.GetOrAdd(id, found);
                }
            }
            catch (VaultFailedException failure)
            {
                failed = failure;
            }
        }
        if (failed is not null)
        {
            throw failed;
        }
        if (missing.Count >= MostMissing)
        {
            missing.Clear();
        }
        missing[id] = clock.GetTimestamp();
        return null;
    }
}
