namespace AWorld.Platform;

/// <summary>The containers of the product; each has its own partition key (docs/decisions/0003). Workflows and Messages are the embedded host's; in Azure Durable Functions and Service Bus keep their own.</summary>
public enum Container { Platform, Configuration, Players, Leaderboards, Directory, Audit, Workflows, Messages, Integrations }

/// <summary>Account and workspace: what every read and write of customer data is scoped by.</summary>
public sealed record Tenant(string AccountId, string WorkspaceId)
{
    public override string ToString() => $"{AccountId}/{WorkspaceId}";
}

/// <summary>
/// One logical partition: the unit of atomic batches and of queries. It can only be made from a tenant (or, for
/// the platform container, an account), so no call of the store can reach across tenants.
/// </summary>
public readonly record struct Partition
{
    /// <summary>The account that holds what belongs to no customer: signing keys, principals.</summary>
    public const string PlatformAccount = "_platform_";

    Partition(Container container, string accountId, string? workspaceId, string? last)
    {
        ArgumentException.ThrowIfNullOrEmpty(accountId);
        Container = container;
        AccountId = accountId;
        WorkspaceId = workspaceId;
        Key = workspaceId is null ? accountId : $"{accountId}/{workspaceId}/{last}";
    }

    public Container Container { get; }
    public string AccountId { get; }
    public string? WorkspaceId { get; }

    /// <summary>The partition key's parts joined with '/'; ids cannot contain one.</summary>
    public string Key { get; }

    public static Partition Platform(string accountId) => new(Container.Platform, accountId, null, null);
    public static Partition Configuration(Tenant tenant, string kind) => Of(Container.Configuration, tenant, kind);
    public static Partition Player(Tenant tenant, string userId) => Of(Container.Players, tenant, userId);
    public static Partition Group(Tenant tenant, string tagId) => Of(Container.Players, tenant, $"group:{tagId}");
    public static Partition Rule(Tenant tenant, string missionRuleId) => Of(Container.Players, tenant, $"rule:{missionRuleId}");
    /// <summary>Events about something that has no other partition in the players container, from which events are published.</summary>
    public static Partition EventsAbout(Tenant tenant, string id) => Of(Container.Players, tenant, $"events:{id}");
    public static Partition Board(Tenant tenant, string boardId) => Of(Container.Leaderboards, tenant, boardId);
    public static Partition Directory(Tenant tenant, int bucket) => Of(Container.Directory, tenant, $"{bucket:00}");
    public static Partition Audit(Tenant tenant, DateOnly day) => Of(Container.Audit, tenant, $"{day:yyyy-MM-dd}");

    public static Partition Integrations(Tenant tenant, string part) => Of(Container.Integrations, tenant, part);

    public static Partition Workflows(Tenant tenant) => Of(Container.Workflows, tenant, "instances");
    public static Partition Messages(Tenant tenant, string entity) => Of(Container.Messages, tenant, entity);

    /// <summary>The partition a change-feed entry came from; only stores call it.</summary>
    public static Partition Parse(Container container, string key)
    {
        var parts = key.Split('/', 3);
        return parts.Length == 3 ? new(container, parts[0], parts[1], parts[2]) : new(container, parts[0], null, null);
    }

    static Partition Of(Container container, Tenant tenant, string last)
    {
        if (tenant.WorkspaceId.Length == 0 || last.Length == 0)
        {
            throw new ArgumentException("a partition needs a workspace and a key", nameof(tenant));
        }
        return new(container, tenant.AccountId, tenant.WorkspaceId, last);
    }

    public override string ToString() => $"{Container}:{Key}";
}
