using System.Diagnostics.CodeAnalysis;
using AWorld.Authorization;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>What a verified token allows: a Caller per API context it is good for (one, but for foreign tokens).</summary>
/// <param name="Named">The account and workspace headers that took part in verifying a foreign token; null for our own.</param>
sealed record VerifiedToken(IReadOnlyList<Caller> Callers, NamedTenant? Named)
{
    public Caller? In(ApiContext context)
    {
        for (var i = 0; i < Callers.Count; i++)
        {
            if (Callers[i].Context == context)
            {
                return Callers[i];
            }
        }
        return null;
    }
}

/// <summary>The tenant that a request names itself, in headers.</summary>
readonly record struct NamedTenant(string? AccountId, string? WorkspaceId)
{
    public const string AccountHeader = "x-account-id";
    public const string WorkspaceHeader = "x-workspace-id";

    public static NamedTenant Of(HttpContext http) => new(http.Request.Headers[AccountHeader], http.Request.Headers[WorkspaceHeader]);
}

/// <summary>
/// The tokens verified lately, by their whole Authorization header, and the users that machines act for. What stands
/// behind a token (client, user, membership, session) is read again every <see cref="IdentityOptions.StandingRecheck"/>;
/// whoever changes it on this node calls <see cref="Forget"/>, and the next request sees the change.
/// </summary>
public sealed class VerifiedTokens(IOptions<IdentityOptions> options)
{
    internal ExpiringCache<string, VerifiedToken> Tokens { get; } = new(options.Value.VerifiedTokens, new ByTail());
    internal ExpiringCache<(string TokenId, string UserId), Caller> Delegations { get; } = new(options.Value.VerifiedTokens);

    /// <summary>Forgets every token and delegation of the callers that match; they are verified anew when they come again.</summary>
    public void Forget(Func<Caller, bool> match)
    {
        Tokens.Forget((_, token) => token.Callers.Any(match));
        Delegations.Forget((_, caller) => match(caller));
    }

    /// <summary>A token ends with its signature, so 32 characters of it tell tokens apart as well as all 800 do.</summary>
    sealed class ByTail : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);
        public int GetHashCode([DisallowNull] string obj) => string.GetHashCode(obj.Length > 32 ? obj.AsSpan(obj.Length - 32) : obj, StringComparison.Ordinal);
    }
}
