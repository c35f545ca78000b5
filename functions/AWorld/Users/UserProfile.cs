using System.Globalization;
using AWorld.Platform;

namespace AWorld.Users;

/// <summary>A person in one workspace. The e-mail and the real name stay with the principal.</summary>
/// <param name="ExternalId">The customer's own id of the person; unique in the workspace.</param>
/// <param name="Timezone">IANA name.</param>
public sealed record UserProfile(
    string UserId, string AccountId, string WorkspaceId, string PrincipalId,
    string? ExternalId, string? Nickname, string? ProfileImage, string? Lang, string? Timezone,
    IReadOnlyList<TagAssignment> Tags, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>From then on the user can neither sign in nor act.</summary>
    public DateTimeOffset? DeactivatedAt { get; init; }

    public bool IsActive(DateTimeOffset now) => !(DeactivatedAt <= now);
}

/// <summary>What a new user is made of.</summary>
public sealed record UserDraft(
    string Email, string? FirstName = null, string? LastName = null, string? ExternalId = null,
    string? Nickname = null, string? ProfileImage = null, string? Lang = null, string? Timezone = null,
    IReadOnlyList<TagAssignment>? Tags = null);

/// <summary>The document <c>profile</c> of a player's partition: the user, or what is left of an erased one.</summary>
/// <param name="Version">Counts the changes; the user's ETag.</param>
/// <param name="EmailHash">Under which the directory holds the e-mail.</param>
sealed record StoredProfile(int Version, UserProfile? User, string? EmailHash, Erasure? Erasure = null)
{
    public const string DocumentId = "profile";

    public string ETag => Version.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An erasure.</summary>
/// <param name="Remaining">What is needed to find the traces; null when it is complete.</param>
/// <param name="Traces">What was done, when it is complete.</param>
/// <param name="Certificate">See <see cref="ErasureCertificates"/>.</param>
sealed record Erasure(
    DateTimeOffset StartedAt, DateTimeOffset? CompletedAt, UserProfile? Remaining, ErasedBy? By = null, IReadOnlyList<ErasedTraces>? Traces = null, string? Certificate = null);

/// <summary>Who asked for an erasure.</summary>
sealed record ErasedBy(string? PrincipalId, string? UserId, string? ClientId);

/// <param name="Deleted">Documents that are no more, and places the user was taken off.</param>
/// <param name="Pseudonymised">Documents that stay, under an id that leads to nobody.</param>
sealed record ErasedTraces(string Module, int Deleted, int Pseudonymised);
