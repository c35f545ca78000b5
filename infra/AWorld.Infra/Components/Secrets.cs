using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.KeyVault;
using Pulumi.AzureNative.KeyVault.Inputs;

namespace AWorld.Infra.Components;

/// <param name="Protect">Deleting it is refused.</param>
/// <param name="Recover">It was deleted not long ago, and is taken back with what it holds: its name is free for nothing else.</param>
sealed record SecretsArgs(string VaultName, Place Place, Subscription Subscription, Input<string> WorkspaceId, bool Protect, bool Recover = false);

/// <summary>A vault of the keys that protect what the stores must not give away. Nobody can empty it, and only private endpoints lead to it.</summary>
sealed class Secrets : ComponentResource
{
    public Secrets(string name, SecretsArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Secrets", name, options)
    {
        var properties = new VaultPropertiesArgs
        {
            TenantId = args.Subscription.TenantId,
            Sku = new SkuArgs { Family = SkuFamily.A, Name = SkuName.Standard },
            EnableRbacAuthorization = true,
            EnableSoftDelete = true,
            EnablePurgeProtection = true,
            SoftDeleteRetentionInDays = RetentionDays,
            PublicNetworkAccess = "Disabled",
            NetworkAcls = new NetworkRuleSetArgs { DefaultAction = NetworkRuleAction.Deny, Bypass = NetworkRuleBypassOptions.None },
        };
        if (args.Recover)
        {
            properties.CreateMode = CreateMode.Recover;
        }
        var vault = new Vault($"{name}-kv", new()
        {
            VaultName = args.VaultName,
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Properties = properties,
            Tags = args.Place.Tags,
        }, new() { Parent = this, Protect = args.Protect });
        (Id, Uri) = (vault.Id, $"https://{args.VaultName}.vault.azure.net/");
        Observability.Diagnose(this, $"{name}-kv", vault.Id, args.WorkspaceId);
        RegisterOutputs();
    }

    /// <summary>Azure's longest; a deleted vault's name and content stay as long.</summary>
    const int RetentionDays = 90;

    public Output<string> Id { get; }
    public string Uri { get; }
}
