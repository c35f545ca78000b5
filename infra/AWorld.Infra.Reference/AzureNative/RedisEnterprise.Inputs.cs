namespace Pulumi.AzureNative.RedisEnterprise.Inputs;

public sealed class AccessPolicyAssignmentPropertiesUserArgs : ResourceArgs
{
    [Input("objectId")] public Input<string>? ObjectId { get; set; }
}

public sealed class DatabasePropertiesGeoReplicationArgs : ResourceArgs
{
    [Input("groupNickname")] public Input<string>? GroupNickname { get; set; }
    [Input("linkedDatabases")] InputList<Inputs.LinkedDatabaseArgs>? _linkedDatabases;
    public InputList<Inputs.LinkedDatabaseArgs> LinkedDatabases { get => _linkedDatabases ??= []; set => _linkedDatabases = value; }
}

public sealed class LinkedDatabaseArgs : ResourceArgs
{
    [Input("id")] public Input<string>? Id { get; set; }
}

public sealed class SkuArgs : ResourceArgs
{
    [Input("name", required: true)] public InputUnion<string, SkuName> Name { get; set; } = null!;
}
