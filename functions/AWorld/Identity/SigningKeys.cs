using System.Buffers.Text;
using System.Security.Cryptography;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <param name="Kid">The key's RFC 7638 thumbprint.</param>
/// <param name="PrivateKey">PKCS #8.</param>
/// <param name="SignsFrom">Published before, so that caches know it when the first token signed with it arrives.</param>
public sealed record SigningKey(string Kid, byte[] PrivateKey, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom)
{
    public static SigningKey Create(DateTimeOffset now, DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        return new(Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(canonical))), key.ExportPkcs8PrivateKey(), now, signsFrom);
    }

    public VerificationKey.Es256 Public()
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(PrivateKey, out _);
        return new(Kid, key.ExportParameters(false).Q);
    }
}

/// <summary>
/// The platform's own signing keys: one document, made at first use, rotated with overlap. A key is published before
/// it signs and stays published until the last token it signed has expired. The store holds them encrypted.
/// </summary>
public sealed class SigningKeys(IDocumentStore store, IKeyProtection protection, TimeProvider clock, IOptions<IdentityOptions> options, ILogger<SigningKeys> log) : IDisposable
{
    const string DocumentId = "signing-keys";
    static readonly TimeSpan LeastRefresh = TimeSpan.FromSeconds(5);
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    /// <param name="IsProtected">False as long as they are as an older version wrote them: in clear.</param>
    sealed record Stored(IReadOnlyList<SigningKey> Keys, bool IsProtected = false);

    sealed record Ring(IReadOnlyList<SigningKey> Keys, IReadOnlyList<VerificationKey.Es256> Published, DateTimeOffset ReadAt);

    readonly SemaphoreSlim refreshing = new(1, 1);
    Ring? cached;

    /// <summary>The key that signs now.</summary>
    public async ValueTask<SigningKey> Current(CancellationToken stop) => Signing((await Get(options.Value.SigningKeyRefresh, stop)).Keys, clock.GetUtcNow());

    /// <summary>Publishes the next key in time, also when nobody signs in.</summary>
    public async Task KeepCurrent(CancellationToken stop) => await Current(stop);

    /// <summary>The published keys, oldest first.</summary>
    public async ValueTask<IReadOnlyList<VerificationKey.Es256>> Published(CancellationToken stop) => (await Get(options.Value.SigningKeyRefresh, stop)).Published;

    /// <summary>The published key of this id, looked for in the store when it is not known yet; null when there is none.</summary>
    public async ValueTask<VerificationKey?> Find(string kid, CancellationToken stop) =>
        Of(await Get(options.Value.SigningKeyRefresh, stop), kid) ?? Of(await Get(LeastRefresh, stop), kid);

    /// <summary>Publishes a new key, which signs as soon as caches know it, and drops those that no valid token needs.</summary>
    public async Task<SigningKey> Rotate(CancellationToken stop)
    {
        while (true)
        {
            var document = await store.Read(Home, DocumentId, stop);
            var keys = document is null ? [] : Open(document);
            var now = clock.GetUtcNow();
            var added = SigningKey.Create(now, keys.Count == 0 ? now : now + options.Value.SigningKeyPublishedAhead);
            if (await Save(document, [.. Needed(keys, now), added], stop))
            {
                log.LogInformation("signing key {Kid} is published and signs from {SignsFrom}", added.Kid, added.SignsFrom);
                cached = null;
                return added;
            }
        }
    }

    public void Dispose() => refreshing.Dispose();

    async ValueTask<Ring> Get(TimeSpan oldest, CancellationToken stop)
    {
        if (cached is { } fresh && clock.GetUtcNow() - fresh.ReadAt < oldest)
        {
            return fresh;
        }
        await refreshing.WaitAsync(stop);
        try
        {
            return cached is { } refreshed && clock.GetUtcNow() - refreshed.ReadAt < oldest ? refreshed : cached = await Load(stop);
        }
        finally
        {
            refreshing.Release();
        }
    }

    async Task<Ring> Load(CancellationToken stop)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            if (await store.Read(Home, DocumentId, stop) is { } document)
            {
                var keys = Open(document);
                if (!Json.Read<Stored>(document.Body).IsProtected && keys.Count > 0 && !await Save(document, keys, stop))
                {
                    continue;
                }
                if (keys.Count > 0 && now - keys[^1].SignsFrom < options.Value.SigningKeyLifetime - options.Value.SigningKeyPublishedAhead)
                {
                    return new(keys, [.. keys.Select(key => key.Public())], now);
                }
            }
            await Rotate(stop);
        }
    }

    /// <summary>Those that can be read. The others, of a backup that came without its key file, are of no use: tokens they signed are refused.</summary>
    IReadOnlyList<SigningKey> Open(Document document)
    {
        var stored = Json.Read<Stored>(document.Body);
        if (!stored.IsProtected)
        {
            return stored.Keys;
        }
        List<SigningKey> readable = [.. from key in stored.Keys let opened = protection.Unprotect(key.Kid, key.PrivateKey) where opened is not null select key with { PrivateKey = opened }];
        if (readable.Count < stored.Keys.Count)
        {
            log.LogWarning("{Unreadable} signing keys cannot be decrypted here, so tokens that they signed are refused", stored.Keys.Count - readable.Count);
        }
        return readable;
    }

    async ValueTask<bool> Save(Document? document, IReadOnlyList<SigningKey> keys, CancellationToken stop)
    {
        var body = Json.Bytes(new Stored([.. keys.Select(key => key with { PrivateKey = protection.Protect(key.Kid, key.PrivateKey) })], IsProtected: true));
        var commit = await store.Commit(Home, [document is null ? Write.Create(DocumentId, body) : Write.Replace(DocumentId, body, document.ETag)], stop);
        return commit.Committed;
    }

    /// <summary>Those that sign, will sign, or whose last token may still be valid.</summary>
    IEnumerable<SigningKey> Needed(IReadOnlyList<SigningKey> keys, DateTimeOffset now) =>
        keys.Where((_, index) => index + 1 == keys.Count || keys[index + 1].SignsFrom + options.Value.AccessTokenLifetime + 2 * Jwt.Skew > now);

    static SigningKey Signing(IReadOnlyList<SigningKey> keys, DateTimeOffset now) => keys.LastOrDefault(key => key.SignsFrom <= now) ?? keys[0];

    static VerificationKey.Es256? Of(Ring ring, string kid) => ring.Published.FirstOrDefault(key => key.Kid == kid);
}
