namespace Pulumi.AzureNative.CosmosDB;

[EnumType]
public readonly struct ConflictResolutionMode : IEquatable<ConflictResolutionMode>
{
    readonly string value;

    ConflictResolutionMode(string value) => this.value = value;

    public static ConflictResolutionMode LastWriterWins { get; } = new("LastWriterWins");

    public static bool operator ==(ConflictResolutionMode left, ConflictResolutionMode right) => left.Equals(right);
    public static bool operator !=(ConflictResolutionMode left, ConflictResolutionMode right) => !left.Equals(right);
    public static explicit operator string(ConflictResolutionMode value) => value.value;
    public override bool Equals(object? obj) => obj is ConflictResolutionMode other && Equals(other);
    public bool Equals(ConflictResolutionMode other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct ContinuousTier : IEquatable<ContinuousTier>
{
    readonly string value;

    ContinuousTier(string value) => this.value = value;

    public static ContinuousTier Continuous30Days { get; } = new("Continuous30Days");

    public static bool operator ==(ContinuousTier left, ContinuousTier right) => left.Equals(right);
    public static bool operator !=(ContinuousTier left, ContinuousTier right) => !left.Equals(right);
    public static explicit operator string(ContinuousTier value) => value.value;
    public override bool Equals(object? obj) => obj is ContinuousTier other && Equals(other);
    public bool Equals(ContinuousTier other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:cosmosdb:DatabaseAccount")]
public class DatabaseAccount : CustomResource
{
    public DatabaseAccount(string name, DatabaseAccountArgs args, CustomResourceOptions? options = null) : base("azure-native:cosmosdb:DatabaseAccount", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class DatabaseAccountArgs : ResourceArgs
{
    [Input("accountName")] public Input<string>? AccountName { get; set; }
    [Input("backupPolicy")] public InputUnion<Inputs.ContinuousModeBackupPolicyArgs, Inputs.PeriodicModeBackupPolicyArgs>? BackupPolicy { get; set; }
    [Input("consistencyPolicy")] public Input<Inputs.ConsistencyPolicyArgs>? ConsistencyPolicy { get; set; }
    [Input("databaseAccountOfferType", required: true)] public Input<DatabaseAccountOfferType> DatabaseAccountOfferType { get; set; } = null!;
    [Input("disableKeyBasedMetadataWriteAccess")] public Input<bool>? DisableKeyBasedMetadataWriteAccess { get; set; }
    [Input("disableLocalAuth")] public Input<bool>? DisableLocalAuth { get; set; }
    [Input("enableAutomaticFailover")] public Input<bool>? EnableAutomaticFailover { get; set; }
    [Input("enableMultipleWriteLocations")] public Input<bool>? EnableMultipleWriteLocations { get; set; }
    [Input("enablePerRegionPerPartitionAutoscale")] public Input<bool>? EnablePerRegionPerPartitionAutoscale { get; set; }
    [Input("kind")] public InputUnion<string, DatabaseAccountKind>? Kind { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("locations")] InputList<Inputs.LocationArgs>? _locations;
    public InputList<Inputs.LocationArgs> Locations { get => _locations ??= []; set => _locations = value; }
    [Input("minimalTlsVersion")] public InputUnion<string, MinimalTlsVersion>? MinimalTlsVersion { get; set; }
    [Input("publicNetworkAccess")] public InputUnion<string, PublicNetworkAccess>? PublicNetworkAccess { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[EnumType]
public readonly struct DatabaseAccountKind : IEquatable<DatabaseAccountKind>
{
    readonly string value;

    DatabaseAccountKind(string value) => this.value = value;

    public static DatabaseAccountKind GlobalDocumentDB { get; } = new("GlobalDocumentDB");

    public static bool operator ==(DatabaseAccountKind left, DatabaseAccountKind right) => left.Equals(right);
    public static bool operator !=(DatabaseAccountKind left, DatabaseAccountKind right) => !left.Equals(right);
    public static explicit operator string(DatabaseAccountKind value) => value.value;
    public override bool Equals(object? obj) => obj is DatabaseAccountKind other && Equals(other);
    public bool Equals(DatabaseAccountKind other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct DatabaseAccountOfferType : IEquatable<DatabaseAccountOfferType>
{
    readonly string value;

    DatabaseAccountOfferType(string value) => this.value = value;

    public static DatabaseAccountOfferType Standard { get; } = new("Standard");

    public static bool operator ==(DatabaseAccountOfferType left, DatabaseAccountOfferType right) => left.Equals(right);
    public static bool operator !=(DatabaseAccountOfferType left, DatabaseAccountOfferType right) => !left.Equals(right);
    public static explicit operator string(DatabaseAccountOfferType value) => value.value;
    public override bool Equals(object? obj) => obj is DatabaseAccountOfferType other && Equals(other);
    public bool Equals(DatabaseAccountOfferType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct DefaultConsistencyLevel : IEquatable<DefaultConsistencyLevel>
{
    readonly string value;

    DefaultConsistencyLevel(string value) => this.value = value;

    public static DefaultConsistencyLevel Session { get; } = new("Session");

    public static bool operator ==(DefaultConsistencyLevel left, DefaultConsistencyLevel right) => left.Equals(right);
    public static bool operator !=(DefaultConsistencyLevel left, DefaultConsistencyLevel right) => !left.Equals(right);
    public static explicit operator string(DefaultConsistencyLevel value) => value.value;
    public override bool Equals(object? obj) => obj is DefaultConsistencyLevel other && Equals(other);
    public bool Equals(DefaultConsistencyLevel other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct IndexingMode : IEquatable<IndexingMode>
{
    readonly string value;

    IndexingMode(string value) => this.value = value;

    public static IndexingMode Consistent { get; } = new("consistent");

    public static bool operator ==(IndexingMode left, IndexingMode right) => left.Equals(right);
    public static bool operator !=(IndexingMode left, IndexingMode right) => !left.Equals(right);
    public static explicit operator string(IndexingMode value) => value.value;
    public override bool Equals(object? obj) => obj is IndexingMode other && Equals(other);
    public bool Equals(IndexingMode other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct MinimalTlsVersion : IEquatable<MinimalTlsVersion>
{
    readonly string value;

    MinimalTlsVersion(string value) => this.value = value;

    public static MinimalTlsVersion Tls12 { get; } = new("Tls12");

    public static bool operator ==(MinimalTlsVersion left, MinimalTlsVersion right) => left.Equals(right);
    public static bool operator !=(MinimalTlsVersion left, MinimalTlsVersion right) => !left.Equals(right);
    public static explicit operator string(MinimalTlsVersion value) => value.value;
    public override bool Equals(object? obj) => obj is MinimalTlsVersion other && Equals(other);
    public bool Equals(MinimalTlsVersion other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct PartitionKind : IEquatable<PartitionKind>
{
    readonly string value;

    PartitionKind(string value) => this.value = value;

    public static PartitionKind Hash { get; } = new("Hash");
    public static PartitionKind MultiHash { get; } = new("MultiHash");

    public static bool operator ==(PartitionKind left, PartitionKind right) => left.Equals(right);
    public static bool operator !=(PartitionKind left, PartitionKind right) => !left.Equals(right);
    public static explicit operator string(PartitionKind value) => value.value;
    public override bool Equals(object? obj) => obj is PartitionKind other && Equals(other);
    public bool Equals(PartitionKind other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct PublicNetworkAccess : IEquatable<PublicNetworkAccess>
{
    readonly string value;

    PublicNetworkAccess(string value) => this.value = value;

    public static PublicNetworkAccess Disabled { get; } = new("Disabled");

    public static bool operator ==(PublicNetworkAccess left, PublicNetworkAccess right) => left.Equals(right);
    public static bool operator !=(PublicNetworkAccess left, PublicNetworkAccess right) => !left.Equals(right);
    public static explicit operator string(PublicNetworkAccess value) => value.value;
    public override bool Equals(object? obj) => obj is PublicNetworkAccess other && Equals(other);
    public bool Equals(PublicNetworkAccess other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:cosmosdb:SqlResourceSqlContainer")]
public class SqlResourceSqlContainer : CustomResource
{
    public SqlResourceSqlContainer(string name, SqlResourceSqlContainerArgs args, CustomResourceOptions? options = null) : base("azure-native:cosmosdb:SqlResourceSqlContainer", name, args, options) { }
}

public sealed class SqlResourceSqlContainerArgs : ResourceArgs
{
    [Input("accountName", required: true)] public Input<string> AccountName { get; set; } = null!;
    [Input("containerName")] public Input<string>? ContainerName { get; set; }
    [Input("databaseName", required: true)] public Input<string> DatabaseName { get; set; } = null!;
    [Input("options")] public Input<Inputs.CreateUpdateOptionsArgs>? Options { get; set; }
    [Input("resource", required: true)] public Input<Inputs.SqlContainerResourceArgs> Resource { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:cosmosdb:SqlResourceSqlDatabase")]
public class SqlResourceSqlDatabase : CustomResource
{
    public SqlResourceSqlDatabase(string name, SqlResourceSqlDatabaseArgs args, CustomResourceOptions? options = null) : base("azure-native:cosmosdb:SqlResourceSqlDatabase", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class SqlResourceSqlDatabaseArgs : ResourceArgs
{
    [Input("accountName", required: true)] public Input<string> AccountName { get; set; } = null!;
    [Input("databaseName")] public Input<string>? DatabaseName { get; set; }
    [Input("resource", required: true)] public Input<Inputs.SqlDatabaseResourceArgs> Resource { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:cosmosdb:SqlResourceSqlRoleAssignment")]
public class SqlResourceSqlRoleAssignment : CustomResource
{
    public SqlResourceSqlRoleAssignment(string name, SqlResourceSqlRoleAssignmentArgs args, CustomResourceOptions? options = null) : base("azure-native:cosmosdb:SqlResourceSqlRoleAssignment", name, args, options) { }
}

public sealed class SqlResourceSqlRoleAssignmentArgs : ResourceArgs
{
    [Input("accountName", required: true)] public Input<string> AccountName { get; set; } = null!;
    [Input("principalId")] public Input<string>? PrincipalId { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("roleAssignmentId")] public Input<string>? RoleAssignmentId { get; set; }
    [Input("roleDefinitionId")] public Input<string>? RoleDefinitionId { get; set; }
    [Input("scope")] public Input<string>? Scope { get; set; }
}
