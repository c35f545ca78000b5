using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Identity;

/// <summary>Which claims of a foreign token name our user; exactly one of the first three.</summary>
/// <param name="Email">Counts only with <c>email_verified: true</c>.</param>
/// <param name="Role">For the dashboard; without it, or with an unknown value, a member.</param>
/// <param name="WorkspaceId">Where the token says which workspace it is for.</param>
public sealed record ClaimMapping(
    [property: StringLength(128)] string? UserId = null,
    [property: StringLength(128)] string? ExternalId = null,
    [property: StringLength(128)] string? Email = null,
    [property: StringLength(128)] string? Role = null,
    [property: StringLength(128)] string? WorkspaceId = null) : IChecked
{
    public void Check(Problems problems) =>
        problems.When(new[] { UserId, ExternalId, Email }.Count(one => one is not null) != 1, "userId", "give exactly one of userId, externalId and email");
}

/// <summary>An OpenID provider whose tokens an account accepts, for one audience.</summary>
/// <param name="Issuer">Exactly the tokens' <c>iss</c>.</param>
/// <param name="JwksUri">Null: from the issuer's discovery document.</param>
/// <param name="WorkspaceId">Null: the mapped claim or the x-workspace-id header says which.</param>
/// <param name="GreatestRole">No token gives more than this.</param>
public sealed record TrustedIssuer(
    [property: Required, StringLength(512)] string Issuer,
    [property: Required, StringLength(512)] string Audience,
    [property: Required] ClaimMapping Claims,
    [property: Required, MinLength(1), MaxLength(2)] IReadOnlyList<ApiContext> Contexts,
    [property: StringLength(1024)] string? JwksUri = null,
    [property: TenantId] string? WorkspaceId = null,
    Role? GreatestRole = null) : IChecked
{
    public void Check(Problems problems) => problems
        .When(Contexts.Any(context => context is not (ApiContext.App or ApiContext.Dashboard)), "contexts", "may be APP and DASHBOARD")
        .When(GreatestRole is Role.Owner, "greatestRole", "cannot be OWNER; owners sign in here");
}

/// <summary>Whom an account trusts besides this platform; the document <c>authorizer</c> of its partition.</summary>
public sealed record Authorizer(IReadOnlyList<TrustedIssuer> Issuers, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public const string DocumentId = "authorizer";

    public static async ValueTask<(Authorizer Value, string ETag)?> Of(IDocumentStore store, string accountId, CancellationToken stop) =>
        await store.Read(Partition.Platform(accountId), DocumentId, stop) is { } document ? (Json.Read<Authorizer>(document.Body), document.ETag) : null;
}
