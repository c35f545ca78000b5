using System.Text.Json.Serialization;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Audit;

/// <summary>Who did what, in pseudonyms: an erased user's id leads to nobody, and no e-mail, name, address or request body is in it.</summary>
/// <param name="At">The real time.</param>
/// <param name="Operation">With its API, such as <c>dashboard/users/create</c>.</param>
/// <param name="OnBehalfOf">The user that a machine acted for.</param>
/// <param name="OnBehalfOfUsers">The users that it began to act for within a second, where it is more than one.</param>
/// <param name="Ids">What the path names, such as <c>userId</c>.</param>
/// <param name="Network">The first three bytes of the IPv4 address, or six of the IPv6 one.</param>
/// <param name="Address">A pseudonym of the whole address: the same address has the same one in an account.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AuditRecord(
    DateTimeOffset At, string Operation, int Status, string RequestId,
    string? PrincipalId, string? UserId, string? ClientId, string? OnBehalfOf, Role? Role,
    IReadOnlyDictionary<string, string>? Ids, string? Network, string? Address, string? UserAgent, string SourceRegion,
    IReadOnlyList<string>? OnBehalfOfUsers = null)
{
    public bool Concerns(string actor) => actor == PrincipalId || actor == UserId || actor == ClientId || actor == OnBehalfOf || OnBehalfOfUsers?.Contains(actor) == true;
}

/// <summary>One link of the chain of an account's workspace's day: some records, and the hash of the link before.</summary>
/// <param name="Seq">From 1, without gaps.</param>
/// <param name="Previous">Empty in the first one.</param>
/// <param name="Lost">Records of what changed nothing that came when too many waited, and are not kept.</param>
/// <param name="Hash">Over partition, number, previous hash, loss and records.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AuditLink(long Seq, string Previous, int Lost, IReadOnlyList<AuditRecord> Records, string Hash);

/// <summary>On behalf of whom a request without a token of ours was served, such as one for a token.</summary>
public sealed record AuditSubject(Tenant Tenant, string? ClientId, string? UserId = null, string? PrincipalId = null);
