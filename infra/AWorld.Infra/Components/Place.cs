using Pulumi;
using Pulumi.AzureNative.Resources;

namespace AWorld.Infra.Components;

/// <summary>Where resources are made: a group in a region, for everything of one part.</summary>
sealed record Place(Input<string> Group, string Location, InputMap<string> Tags)
{
    public static Place Make(Resource parent, string name, string groupName, string location, string environment, string part)
    {
        InputMap<string> tags = new() { { "environment", environment }, { "part", part } };
        var group = new ResourceGroup(name, new() { ResourceGroupName = groupName, Location = location, Tags = tags }, new() { Parent = parent });
        return new(group.Name, location, tags);
    }
}

/// <summary>The subscription and tenant that the operator is signed in to.</summary>
sealed record Subscription(Output<string> Id, Output<string> TenantId)
{
    public static Subscription Current()
    {
        var client = Pulumi.AzureNative.Authorization.GetClientConfig.Invoke();
        return new(client.Apply(static one => one.SubscriptionId), client.Apply(static one => one.TenantId));
    }
}
