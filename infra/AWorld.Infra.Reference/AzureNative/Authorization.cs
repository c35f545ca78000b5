namespace Pulumi.AzureNative.Authorization;

[EnumType]
public readonly struct PrincipalType : IEquatable<PrincipalType>
{
    readonly string value;

    PrincipalType(string value) => this.value = value;

    public static PrincipalType ServicePrincipal { get; } = new("ServicePrincipal");

    public static bool operator ==(PrincipalType left, PrincipalType right) => left.Equals(right);
    public static bool operator !=(PrincipalType left, PrincipalType right) => !left.Equals(right);
    public static explicit operator string(PrincipalType value) => value.value;
    public override bool Equals(object? obj) => obj is PrincipalType other && Equals(other);
    public bool Equals(PrincipalType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:authorization:RoleAssignment")]
public class RoleAssignment : CustomResource
{
    public RoleAssignment(string name, RoleAssignmentArgs args, CustomResourceOptions? options = null) : base("azure-native:authorization:RoleAssignment", name, args, options) { }
}

public sealed class RoleAssignmentArgs : ResourceArgs
{
    [Input("description")] public Input<string>? Description { get; set; }
    [Input("principalId", required: true)] public Input<string> PrincipalId { get; set; } = null!;
    [Input("principalType")] public InputUnion<string, PrincipalType>? PrincipalType { get; set; }
    [Input("roleDefinitionId", required: true)] public Input<string> RoleDefinitionId { get; set; } = null!;
    [Input("scope", required: true)] public Input<string> Scope { get; set; } = null!;
}
