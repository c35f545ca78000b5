using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AWorld.Game;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations.Events;

/// <summary>
/// From what was committed to the events that are published: pure, so that whatever is published again is the same,
/// to the letter.
/// </summary>
sealed class EventMapping(IOptions<IdentityOptions> identity)
{
    public const string ContentType = "application/cloudevents+json; charset=utf-8";

    readonly string address = identity.Value.Issuer.TrimEnd('/');

    /// <summary>In their order; none when the document tells of nothing.</summary>
    public IEnumerable<Message> Of(Change change)
    {
        var (tenant, owner) = PlayerDocuments.Owner(change.Partition);
        if (change.Document.Id.StartsWith(WorkspaceEvent.Prefix, StringComparison.Ordinal))
        {
            return [Of(tenant, owner, Ids.Derive(tenant.AccountId, tenant.WorkspaceId, owner, change.Document.Id), Json.Read<WorkspaceEvent>(change.Document.Body))];
        }
        var entry = JournalChange.Entry(change);
        // One that an erasure has stripped came before, whole.
        return entry.IsStripped ? [] : Of(new Journaled(tenant, owner, entry));
    }

    public Message Of(Tenant tenant, string owner, string id, WorkspaceEvent happened) =>
        Message(tenant, owner, id, ProductEvents.All.First(type => type.Name == happened.Type), happened.About, happened.At, happened.Data, null);

    public IEnumerable<Message> Of(Journaled step)
    {
        var order = 0;
        foreach (var type in ProductEvents.All)
        {
            foreach (var (index, data) in type.Read?.Invoke(step).Index() ?? [])
            {
                yield return Message(step.Tenant, step.Owner, JournalIds.Make(step.Tenant, step.Owner, step.Entry.Seq, type.Name, index), type, step.GroupTagId ?? step.Owner, step.Entry.At, data,
                    string.Create(CultureInfo.InvariantCulture, $"{step.Entry.Seq:D12}.{order++:D3}"));
            }
        }
    }

    /// <param name="sequence">Orders the events of a user; null where the time does.</param>
    Message Message(Tenant tenant, string owner, string id, EventType type, string subject, DateTimeOffset at, object data, string? sequence)
    {
        var schema = address + type.SchemaPath;
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, new() { Encoder = Json.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", id);
            json.WriteString("source", $"/accounts/{tenant.AccountId}/workspaces/{tenant.WorkspaceId}");
            json.WriteString("type", type.Name);
            json.WriteString("subject", subject);
            json.WriteString("time", Instants.Text(at));
            json.WriteString("datacontenttype", "application/json");
            json.WriteString("dataschema", schema);
            json.WriteString("accountid", tenant.AccountId);
            json.WriteString("workspaceid", tenant.WorkspaceId);
            if (sequence is not null)
            {
                json.WriteString("sequence", sequence);
            }
            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, data, data.GetType(), Json.Options);
            json.WriteEndObject();
        }
        return new(id, body.WrittenMemory)
        {
            SessionId = SessionOf(tenant, owner),
            ContentType = ContentType,
            Subject = type.Name,
            Properties = new Dictionary<string, string>
            {
                [MessageEntities.OriginProperty] = MessageEntities.ProductOrigin,
                ["type"] = type.Name,
                ["dataschema"] = schema,
                ["version"] = type.Version.ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    static string SessionOf(Tenant tenant, string owner) =>
        $"{tenant}/{owner}" is { Length: <= MessageLimits.IdLength } session ? session : $"{tenant}/{Ids.Derive(owner)}";
}
