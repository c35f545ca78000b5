using System.Security.Cryptography;
using System.Text;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>A person signed in through a client: what refresh tokens renew and access tokens stand on.</summary>
/// <param name="Hash">Of the one refresh token that is good now.</param>
public sealed record SignIn(
    string SessionId, string ClientId, Tenant Tenant, ApiContext Context, ClientPlatform Platform,
    string? UserId, string? PrincipalId, string Hash, DateTimeOffset SignedInAt, DateTimeOffset ExpiresAt);

/// <summary>
/// Refresh tokens are <c>{accountId}.{family}.{secret}</c>. The store knows the family by a derived id and the current
/// secret by its hash, so it holds nothing that could be shown. Whoever shows the family with another secret holds a
/// token that was used before: it leaked or was copied, and the whole family ends.
/// </summary>
public sealed class SignIns(IDocumentStore store, Ids ids, VerifiedTokens verified, TimeProvider clock, IOptions<IdentityOptions> options, ILogger<SignIns> log)
{
    readonly record struct RefreshToken(string AccountId, string Family, string Secret)
    {
        public string SessionId => Ids.Derive("session", Family);

        public static RefreshToken? Parse(string text) =>
            text.Length <= 128 && Ids.IsClientId(text) && text.Split('.') is [var accountId, var family, var secret] && Ids.IsTenantId(accountId) ? new(accountId, family, secret) : null;

        public string Hash => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        public override string ToString() => $"{AccountId}.{Family}.{Secret}";
    }

    public async ValueTask<(SignIn SignIn, string RefreshToken)> Start(MachineClient client, Person person, ClientPlatform platform, CancellationToken stop)
    {
        var token = new RefreshToken(client.AccountId, ids.New(), ids.New() + ids.New());
        var now = clock.GetUtcNow();
        var signIn = new SignIn(token.SessionId, client.ClientId, client.Tenant, client.Context, platform,
            person.UserId, person.UserId is null ? person.PrincipalId : null, token.Hash, now, now + options.Value.RefreshTokenLifetime);
        await store.Commit(Partition.Platform(token.AccountId), [Write.Create(IdOf(signIn.SessionId), Json.Bytes(signIn), signIn.ExpiresAt)], stop);
        return (signIn, token.ToString());
    }

    /// <summary>What the token stands for, without using it up; null when it is unknown, expired or revoked.</summary>
    public async ValueTask<SignIn?> Find(string refreshToken, CancellationToken stop) =>
        RefreshToken.Parse(refreshToken) is { } token && await Read(token.AccountId, token.SessionId, stop) is { } found ? found.SignIn : null;

    /// <summary>Uses the token up for a new one; null when it is not the current one, which ends the sign-in.</summary>
    public async ValueTask<string?> Rotate(string refreshToken, CancellationToken stop)
    {
        if (RefreshToken.Parse(refreshToken) is not { } token || await Read(token.AccountId, token.SessionId, stop) is not { } found)
        {
            return null;
        }
        var next = token with { Secret = ids.New() + ids.New() };
        var current = CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(token.Hash), Convert.FromBase64String(found.SignIn.Hash));
        if (current && (await store.Commit(Partition.Platform(token.AccountId),
                [Write.Replace(IdOf(token.SessionId), Json.Bytes(found.SignIn with { Hash = next.Hash }), found.ETag, found.SignIn.ExpiresAt)], stop)).Committed)
        {
            return next.ToString();
        }
        log.LogWarning("a used refresh token of session {SessionId} in account {AccountId} came again; the sign-in is ended", token.SessionId, token.AccountId);
        await End(refreshToken, stop);
        return null;
    }

    /// <summary>Ends the sign-in of a refresh token, with all its tokens; does nothing for an unknown one.</summary>
    public async ValueTask End(string refreshToken, CancellationToken stop)
    {
        if (RefreshToken.Parse(refreshToken) is not { } token)
        {
            return;
        }
        await store.Commit(Partition.Platform(token.AccountId), [Write.Delete(IdOf(token.SessionId))], stop);
        verified.Forget(caller => caller.SessionId == token.SessionId);
    }

    /// <summary>Whether an access token's sign-in has not been ended.</summary>
    public async ValueTask<bool> IsOpen(string accountId, string sessionId, CancellationToken stop) => await Read(accountId, sessionId, stop) is not null;

    async ValueTask<(SignIn SignIn, string ETag)?> Read(string accountId, string sessionId, CancellationToken stop) =>
        await store.Read(Partition.Platform(accountId), IdOf(sessionId), stop) is { } document && Json.Read<SignIn>(document.Body) is var signIn && signIn.ExpiresAt > clock.GetUtcNow()
            ? (signIn, document.ETag)
            : null;

    internal const string IdPrefix = "session:";

    static string IdOf(string sessionId) => IdPrefix + sessionId;
}
