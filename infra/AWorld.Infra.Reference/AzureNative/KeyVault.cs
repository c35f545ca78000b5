namespace Pulumi.AzureNative.KeyVault;

[EnumType]
public readonly struct CreateMode : IEquatable<CreateMode>
{
    readonly string value;

    CreateMode(string value) => this.value = value;

    public static CreateMode Recover { get; } = new("recover");

    public static bool operator ==(CreateMode left, CreateMode right) => left.Equals(right);
    public static bool operator !=(CreateMode left, CreateMode right) => !left.Equals(right);
    public static explicit operator string(CreateMode value) => value.value;
    public override bool Equals(object? obj) => obj is CreateMode other && Equals(other);
    public bool Equals(CreateMode other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct NetworkRuleAction : IEquatable<NetworkRuleAction>
{
    readonly string value;

    NetworkRuleAction(string value) => this.value = value;

    public static NetworkRuleAction Deny { get; } = new("Deny");

    public static bool operator ==(NetworkRuleAction left, NetworkRuleAction right) => left.Equals(right);
    public static bool operator !=(NetworkRuleAction left, NetworkRuleAction right) => !left.Equals(right);
    public static explicit operator string(NetworkRuleAction value) => value.value;
    public override bool Equals(object? obj) => obj is NetworkRuleAction other && Equals(other);
    public bool Equals(NetworkRuleAction other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct NetworkRuleBypassOptions : IEquatable<NetworkRuleBypassOptions>
{
    readonly string value;

    NetworkRuleBypassOptions(string value) => this.value = value;

    public static NetworkRuleBypassOptions None { get; } = new("None");

    public static bool operator ==(NetworkRuleBypassOptions left, NetworkRuleBypassOptions right) => left.Equals(right);
    public static bool operator !=(NetworkRuleBypassOptions left, NetworkRuleBypassOptions right) => !left.Equals(right);
    public static explicit operator string(NetworkRuleBypassOptions value) => value.value;
    public override bool Equals(object? obj) => obj is NetworkRuleBypassOptions other && Equals(other);
    public bool Equals(NetworkRuleBypassOptions other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SkuFamily : IEquatable<SkuFamily>
{
    readonly string value;

    SkuFamily(string value) => this.value = value;

    public static SkuFamily A { get; } = new("A");

    public static bool operator ==(SkuFamily left, SkuFamily right) => left.Equals(right);
    public static bool operator !=(SkuFamily left, SkuFamily right) => !left.Equals(right);
    public static explicit operator string(SkuFamily value) => value.value;
    public override bool Equals(object? obj) => obj is SkuFamily other && Equals(other);
    public bool Equals(SkuFamily other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SkuName : IEquatable<SkuName>
{
    readonly string value;

    SkuName(string value) => this.value = value;

    public static SkuName Standard { get; } = new("standard");

    public static bool operator ==(SkuName left, SkuName right) => left.Equals(right);
    public static bool operator !=(SkuName left, SkuName right) => !left.Equals(right);
    public static explicit operator string(SkuName value) => value.value;
    public override bool Equals(object? obj) => obj is SkuName other && Equals(other);
    public bool Equals(SkuName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:keyvault:Vault")]
public class Vault : CustomResource
{
    public Vault(string name, VaultArgs args, CustomResourceOptions? options = null) : base("azure-native:keyvault:Vault", name, args, options) { }
}

public sealed class VaultArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("properties", required: true)] public Input<Inputs.VaultPropertiesArgs> Properties { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("vaultName")] public Input<string>? VaultName { get; set; }
}
