using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.Authorization;
using Pulumi.AzureNative.ManagedIdentity;

namespace AWorld.Infra.Components;

sealed record IdentityArgs(StampTopology Stamp, Place Place, Subscription Subscription);

/// <summary>What a stamp's app is to everything it uses. It has no secret, and each role on one resource.</summary>
sealed class Identity : ComponentResource
{
    readonly string name;
    readonly Subscription subscription;

    public Identity(string name, IdentityArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Identity", name, options)
    {
        (this.name, subscription) = (name, args.Subscription);
        var identity = new UserAssignedIdentity($"{name}-id", new()
        {
            ResourceName = args.Stamp.Name(Named.Identity),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Tags = args.Place.Tags,
        }, new() { Parent = this });
        (Id, ClientId, PrincipalId) = (identity.Id, identity.ClientId, identity.PrincipalId);
        RegisterOutputs();
    }

    public Output<string> Id { get; }
    public Output<string> ClientId { get; }
    public Output<string> PrincipalId { get; }

    public RoleAssignment May(Role role, string what, Output<string> resourceId) => new($"{name}-{what}-{role.Name.ToLowerInvariant().Replace(' ', '-')}", new()
    {
        PrincipalId = PrincipalId,
        PrincipalType = PrincipalType.ServicePrincipal,
        RoleDefinitionId = subscription.Id.Apply(role.DefinitionId),
        Scope = resourceId,
        Description = role.Name,
    }, new() { Parent = this });
}
