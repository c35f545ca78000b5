namespace Pulumi.AzureNative.Dns;

[AzureNativeResourceType("azure-native:dns:RecordSet")]
public class RecordSet : CustomResource
{
    public RecordSet(string name, RecordSetArgs args, CustomResourceOptions? options = null) : base("azure-native:dns:RecordSet", name, args, options) { }
}

public sealed class RecordSetArgs : ResourceArgs
{
    [Input("cnameRecord")] public Input<Inputs.CnameRecordArgs>? CnameRecord { get; set; }
    [Input("recordType", required: true)] public Input<string> RecordType { get; set; } = null!;
    [Input("relativeRecordSetName")] public Input<string>? RelativeRecordSetName { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("ttl")] public Input<double>? Ttl { get; set; }
    [Input("txtRecords")] InputList<Inputs.TxtRecordArgs>? _txtRecords;
    public InputList<Inputs.TxtRecordArgs> TxtRecords { get => _txtRecords ??= []; set => _txtRecords = value; }
    [Input("zoneName", required: true)] public Input<string> ZoneName { get; set; } = null!;
}

[AzureNativeResourceType("azure-native:dns:Zone")]
public class Zone : CustomResource
{
    public Zone(string name, ZoneArgs args, CustomResourceOptions? options = null) : base("azure-native:dns:Zone", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
    [Output("nameServers")] public Output<System.Collections.Immutable.ImmutableArray<string>> NameServers { get; private set; } = null!;
}

public sealed class ZoneArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("zoneName")] public Input<string>? ZoneName { get; set; }
}
