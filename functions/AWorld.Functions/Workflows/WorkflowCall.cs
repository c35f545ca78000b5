using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Functions.Workflows;

/// <summary>The input of an orchestration or an activity: what Durable Functions does not tell them is in it.</summary>
/// <param name="Name">Of the activity.</param>
/// <param name="Key">The activity's idempotency key.</param>
public sealed record WorkflowCall(Tenant Tenant, int Version, JsonElement Input, string? Name = null, string? Key = null);

/// <summary>Instances of all tenants are in one task hub; ids begin with whose they are.</summary>
static class InstanceIds
{
    public static string Of(Tenant tenant, string id) => $"{tenant.AccountId}.{tenant.WorkspaceId}.{id}";

    /// <summary>The id without its tenant.</summary>
    public static string Own(string instanceId) => instanceId.Split('.', 3)[2];

    public static Tenant? TenantOf(string? instanceId) =>
        instanceId?.Split('.', 3) is [var account, var workspace, { Length: > 0 }] && Ids.IsTenantId(account) && Ids.IsTenantId(workspace) ? new(account, workspace) : null;
}
