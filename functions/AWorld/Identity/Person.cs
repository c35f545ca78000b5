using AWorld.Authorization;

namespace AWorld.Identity;

/// <summary>A user of a workspace, or a principal with the role that their memberships give them there.</summary>
/// <param name="UserId">Of a user; null for a principal.</param>
/// <param name="PrincipalId">The principal, or the one that the user belongs to, if any.</param>
public sealed record Person(
    string? UserId, string? PrincipalId, Role Role,
    string? Email = null, string? Name = null, string? Picture = null, string? Lang = null, string? Timezone = null);
