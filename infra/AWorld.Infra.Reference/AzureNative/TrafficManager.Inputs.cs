namespace Pulumi.AzureNative.TrafficManager.Inputs;

public sealed class DnsConfigArgs : ResourceArgs
{
    [Input("relativeName")] public Input<string>? RelativeName { get; set; }
    [Input("ttl")] public Input<double>? Ttl { get; set; }
}

public sealed class EndpointArgs : ResourceArgs
{
    [Input("endpointLocation")] public Input<string>? EndpointLocation { get; set; }
    [Input("endpointStatus")] public InputUnion<string, EndpointStatus>? EndpointStatus { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("target")] public Input<string>? Target { get; set; }
    [Input("type")] public Input<string>? Type { get; set; }
}

public sealed class MonitorConfigArgs : ResourceArgs
{
    [Input("intervalInSeconds")] public Input<double>? IntervalInSeconds { get; set; }
    [Input("path")] public Input<string>? Path { get; set; }
    [Input("port")] public Input<double>? Port { get; set; }
    [Input("protocol")] public InputUnion<string, MonitorProtocol>? Protocol { get; set; }
    [Input("timeoutInSeconds")] public Input<double>? TimeoutInSeconds { get; set; }
    [Input("toleratedNumberOfFailures")] public Input<double>? ToleratedNumberOfFailures { get; set; }
}
