namespace Pulumi.AzureNative.CosmosDB.Inputs;

public sealed class AutoscaleSettingsArgs : ResourceArgs
{
    [Input("maxThroughput")] public Input<int>? MaxThroughput { get; set; }
}

public sealed class ConflictResolutionPolicyArgs : ResourceArgs
{
    [Input("conflictResolutionPath")] public Input<string>? ConflictResolutionPath { get; set; }
    [Input("mode")] public InputUnion<string, ConflictResolutionMode>? Mode { get; set; }
}

public sealed class ConsistencyPolicyArgs : ResourceArgs
{
    [Input("defaultConsistencyLevel", required: true)] public Input<DefaultConsistencyLevel> DefaultConsistencyLevel { get; set; } = null!;
}

public sealed class ContainerPartitionKeyArgs : ResourceArgs
{
    [Input("kind")] public InputUnion<string, PartitionKind>? Kind { get; set; }
    [Input("paths")] InputList<string>? _paths;
    public InputList<string> Paths { get => _paths ??= []; set => _paths = value; }
    [Input("version")] public Input<int>? Version { get; set; }
}

public sealed class ContinuousModeBackupPolicyArgs : ResourceArgs
{
    [Input("continuousModeProperties")] public Input<Inputs.ContinuousModePropertiesArgs>? ContinuousModeProperties { get; set; }
    [Input("type", required: true)] public Input<string> Type { get; set; } = null!;
}

public sealed class ContinuousModePropertiesArgs : ResourceArgs
{
    [Input("tier")] public InputUnion<string, ContinuousTier>? Tier { get; set; }
}

public sealed class CreateUpdateOptionsArgs : ResourceArgs
{
    [Input("autoscaleSettings")] public Input<Inputs.AutoscaleSettingsArgs>? AutoscaleSettings { get; set; }
}

public sealed class ExcludedPathArgs : ResourceArgs
{
    [Input("path")] public Input<string>? Path { get; set; }
}

public sealed class IncludedPathArgs : ResourceArgs
{
    [Input("path")] public Input<string>? Path { get; set; }
}

public sealed class IndexingPolicyArgs : ResourceArgs
{
    [Input("automatic")] public Input<bool>? Automatic { get; set; }
    [Input("excludedPaths")] InputList<Inputs.ExcludedPathArgs>? _excludedPaths;
    public InputList<Inputs.ExcludedPathArgs> ExcludedPaths { get => _excludedPaths ??= []; set => _excludedPaths = value; }
    [Input("includedPaths")] InputList<Inputs.IncludedPathArgs>? _includedPaths;
    public InputList<Inputs.IncludedPathArgs> IncludedPaths { get => _includedPaths ??= []; set => _includedPaths = value; }
    [Input("indexingMode")] public InputUnion<string, IndexingMode>? IndexingMode { get; set; }
}

public sealed class LocationArgs : ResourceArgs
{
    [Input("failoverPriority")] public Input<int>? FailoverPriority { get; set; }
    [Input("isZoneRedundant")] public Input<bool>? IsZoneRedundant { get; set; }
    [Input("locationName")] public Input<string>? LocationName { get; set; }
}

public sealed class PeriodicModeBackupPolicyArgs : ResourceArgs
{

}

public sealed class SqlContainerResourceArgs : ResourceArgs
{
    [Input("conflictResolutionPolicy")] public Input<Inputs.ConflictResolutionPolicyArgs>? ConflictResolutionPolicy { get; set; }
    [Input("defaultTtl")] public Input<int>? DefaultTtl { get; set; }
    [Input("id", required: true)] public Input<string> Id { get; set; } = null!;
    [Input("indexingPolicy")] public Input<Inputs.IndexingPolicyArgs>? IndexingPolicy { get; set; }
    [Input("partitionKey")] public Input<Inputs.ContainerPartitionKeyArgs>? PartitionKey { get; set; }
}

public sealed class SqlDatabaseResourceArgs : ResourceArgs
{
    [Input("id", required: true)] public Input<string> Id { get; set; } = null!;
}
