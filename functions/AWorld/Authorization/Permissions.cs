using System.Collections.Frozen;

namespace AWorld.Authorization;

/// <summary>What an endpoint needs; every endpoint declares exactly one, or that it is public.</summary>
public enum Permission
{
    ActAsSelf, ReadOwn, SpendOwnBalance,
    ReadConfiguration, WriteConfiguration, ReadUsers, WriteUsers, EraseUsers, LogForUsers, AssignMissions, PayUsers, ReadWorkspace, ReadAudit, MoveTestClock, EvaluateExpressions, SendEvents, ReadInbound, ReplayInbound, ManageInbound, ReadWebhooks, ManageWebhooks,
    UsePortal, ReadAccount, ReadAccountAudit, ManageAccount, ManageWorkspaces, InvitePrincipals, ManageClients, ManageAuthorizers,
}

/// <param name="Context">The API context a token must be for.</param>
/// <param name="Least">The least role of a person that has it.</param>
/// <param name="Scope">The scope that gives it to a machine; null: machines never have it.</param>
public sealed record Grant(ApiContext Context, Role Least, string? Scope);

/// <summary>The whole table of roles and permissions. Roles are ordered: each has all that a lesser one has.</summary>
public static class Permissions
{
    public static readonly FrozenDictionary<Permission, Grant> Table = new Dictionary<Permission, Grant>
    {
        [Permission.ReadOwn] = new(ApiContext.App, Role.Viewer, "app/read"),
        [Permission.ActAsSelf] = new(ApiContext.App, Role.Member, "app/write"),
        [Permission.SpendOwnBalance] = new(ApiContext.App, Role.Member, "app/write"),

        [Permission.ReadWorkspace] = new(ApiContext.Dashboard, Role.Viewer, "dashboard/read"),
        [Permission.ReadConfiguration] = new(ApiContext.Dashboard, Role.Viewer, "dashboard/read"),
        [Permission.EvaluateExpressions] = new(ApiContext.Dashboard, Role.Viewer, "dashboard/read"),
        [Permission.ReadUsers] = new(ApiContext.Dashboard, Role.Viewer, "dashboard/read"),
        [Permission.WriteConfiguration] = new(ApiContext.Dashboard, Role.Manager, "dashboard/write"),
        [Permission.WriteUsers] = new(ApiContext.Dashboard, Role.Manager, "dashboard/write"),
        [Permission.LogForUsers] = new(ApiContext.Dashboard, Role.Manager, "dashboard/write"),
        [Permission.AssignMissions] = new(ApiContext.Dashboard, Role.Manager, "dashboard/write"),
        [Permission.PayUsers] = new(ApiContext.Dashboard, Role.Manager, "dashboard/write"),
        [Permission.MoveTestClock] = new(ApiContext.Dashboard, Role.Manager, "dashboard/write"),
        [Permission.SendEvents] = new(ApiContext.Dashboard, Role.Manager, "integrations/write"),
        [Permission.ReadInbound] = new(ApiContext.Dashboard, Role.Manager, "dashboard/read"),
        [Permission.ReplayInbound] = new(ApiContext.Dashboard, Role.Manager, "dashboard/write"),
        [Permission.ManageInbound] = new(ApiContext.Dashboard, Role.Admin, "dashboard/write"),
        [Permission.ReadAudit] = new(ApiContext.Dashboard, Role.Admin, "dashboard/read"),
        [Permission.ReadWebhooks] = new(ApiContext.Dashboard, Role.Admin, "dashboard/read"),
        [Permission.ManageWebhooks] = new(ApiContext.Dashboard, Role.Admin, "dashboard/write"),
        [Permission.EraseUsers] = new(ApiContext.Dashboard, Role.Admin, "dashboard/write"),

        [Permission.UsePortal] = new(ApiContext.Portal, Role.Viewer, null),
        [Permission.ReadAccount] = new(ApiContext.Portal, Role.Viewer, null),
        [Permission.ReadAccountAudit] = new(ApiContext.Portal, Role.Admin, null),
        [Permission.ManageWorkspaces] = new(ApiContext.Portal, Role.Admin, null),
        [Permission.InvitePrincipals] = new(ApiContext.Portal, Role.Admin, null),
        [Permission.ManageClients] = new(ApiContext.Portal, Role.Admin, null),
        [Permission.ManageAuthorizers] = new(ApiContext.Portal, Role.Owner, null),
        [Permission.ManageAccount] = new(ApiContext.Portal, Role.Owner, null),
    }.ToFrozenDictionary();
}
