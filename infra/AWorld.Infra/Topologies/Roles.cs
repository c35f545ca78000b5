namespace AWorld.Infra.Topologies;

/// <summary>A built-in role of Azure.</summary>
sealed record Role(string Name, string Id)
{
    // Ids are the same in every tenant: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
    public static readonly Role StorageBlobDataOwner = new("Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b");
    public static readonly Role StorageBlobDataContributor = new("Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe");
    public static readonly Role StorageQueueDataContributor = new("Storage Queue Data Contributor", "974c5e8b-45b9-4653-ba55-5f855dd0fb88");
    public static readonly Role StorageTableDataContributor = new("Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3");
    /// <summary>
    /// Sender and Receiver are not enough: who scales the app reads by its identity how long queues are, which is a right to manage;
    /// without it instances are added one at a time (https://learn.microsoft.com/azure/azure-functions/functions-target-based-scaling#service-bus-queues-and-topics).
    /// </summary>
    public static readonly Role ServiceBusDataOwner = new("Azure Service Bus Data Owner", "090c5cfd-751d-490a-894a-3ce6f1109419");
    public static readonly Role DurableTaskDataContributor = new("Durable Task Data Contributor", "0ad04412-c4d5-4796-b79c-f76d14c8d402");
    public static readonly Role KeyVaultSecretsOfficer = new("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7");
    public static readonly Role KeyVaultSecretsUser = new("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6");
    public static readonly Role CommunicationAndEmailServiceOwner = new("Communication and Email Service Owner", "09976791-48a7-449e-bb21-39d1a415f350");
    public static readonly Role MonitoringMetricsPublisher = new("Monitoring Metrics Publisher", "3913510d-42f4-4e42-8a64-420c390055eb");

    /// <summary>What an app's identity may do, each on one resource of its stamp or cell.</summary>
    public static readonly IReadOnlyList<Role> OfApp =
    [
        StorageBlobDataOwner, StorageBlobDataContributor, StorageQueueDataContributor, StorageTableDataContributor, ServiceBusDataOwner,
        DurableTaskDataContributor, KeyVaultSecretsOfficer, KeyVaultSecretsUser, CommunicationAndEmailServiceOwner, MonitoringMetricsPublisher,
    ];

    /// <summary>Cosmos DB's own data-plane role, of each account. Source: https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control</summary>
    public static readonly Role CosmosDataContributor = new("Cosmos DB Built-in Data Contributor", "00000000-0000-0000-0000-000000000002");

    public string DefinitionId(string subscription) => $"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{Id}";
}
