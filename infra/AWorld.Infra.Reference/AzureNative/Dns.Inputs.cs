namespace Pulumi.AzureNative.Dns.Inputs;

public sealed class CnameRecordArgs : ResourceArgs
{
    [Input("cname")] public Input<string>? Cname { get; set; }
}

public sealed class TxtRecordArgs : ResourceArgs
{
    [Input("value")] InputList<string>? _value;
    public InputList<string> Value { get => _value ??= []; set => _value = value; }
}
