namespace Pulumi.AzureNative.DurableTask;

[AzureNativeResourceType("azure-native:durabletask:Scheduler")]
public class Scheduler : CustomResource
{
    public Scheduler(string name, SchedulerArgs args, CustomResourceOptions? options = null) : base("azure-native:durabletask:Scheduler", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
    [Output("properties")] public Output<Outputs.SchedulerPropertiesResponse> Properties { get; private set; } = null!;
}

public sealed class SchedulerArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("properties")] public Input<Inputs.SchedulerPropertiesArgs>? Properties { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("schedulerName")] public Input<string>? SchedulerName { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:durabletask:TaskHub")]
public class TaskHub : CustomResource
{
    public TaskHub(string name, TaskHubArgs args, CustomResourceOptions? options = null) : base("azure-native:durabletask:TaskHub", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class TaskHubArgs : ResourceArgs
{
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("schedulerName", required: true)] public Input<string> SchedulerName { get; set; } = null!;
    [Input("taskHubName")] public Input<string>? TaskHubName { get; set; }
}
