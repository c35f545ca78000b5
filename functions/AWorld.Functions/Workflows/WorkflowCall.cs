using System.Text;
using System.Text.Json;
using AWorld.Platform;
using Microsoft.DurableTask;

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

    /// <summary>
    /// The instance whose orchestration a trigger came with: the context, where the Durable extension made it before the
    /// middleware runs; else its history, a message of which the id is the first field (OrchestratorRequest in
    /// microsoft/durabletask-protobuf).
    /// </summary>
    public static string? In(object? orchestration) => orchestration switch
    {
        TaskOrchestrationContext context => context.InstanceId,
        string history => FirstField(history),
        _ => null,
    };

    static string? FirstField(string history)
    {
        const byte firstText = (1 << 3) | 2;
        const int encodedStart = 1024;
        Span<byte> start = stackalloc byte[encodedStart];
        if (!Convert.TryFromBase64Chars(history.AsSpan(0, Math.Min(history.Length, encodedStart)), start, out var read) || read < 3 || start[0] != firstText)
        {
            return null;
        }
        // A length of up to 127 is one byte, of up to 16,383 two.
        var (begin, length) = start[1] < 0x80 ? (2, start[1]) : (3, (start[1] & 0x7f) | (start[2] << 7));
        return begin + length <= read ? Encoding.UTF8.GetString(start.Slice(begin, length)) : null;
    }
}
