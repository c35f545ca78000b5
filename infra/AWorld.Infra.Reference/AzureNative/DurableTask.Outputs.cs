namespace Pulumi.AzureNative.DurableTask.Outputs;

[OutputType]
public sealed class SchedulerPropertiesResponse
{
    public readonly string Endpoint;

    [OutputConstructor]
    SchedulerPropertiesResponse(string endpoint) => Endpoint = endpoint;
}
