namespace Pulumi.AzureNative.DurableTask;

[EnumType]
public readonly struct PurgeableOrchestrationState : IEquatable<PurgeableOrchestrationState>
{
    readonly string value;

    PurgeableOrchestrationState(string value) => this.value = value;

    public static PurgeableOrchestrationState Completed { get; } = new("Completed");
    public static PurgeableOrchestrationState Failed { get; } = new("Failed");
    public static PurgeableOrchestrationState Terminated { get; } = new("Terminated");

    public static bool operator ==(PurgeableOrchestrationState left, PurgeableOrchestrationState right) => left.Equals(right);
    public static bool operator !=(PurgeableOrchestrationState left, PurgeableOrchestrationState right) => !left.Equals(right);
    public static explicit operator string(PurgeableOrchestrationState value) => value.value;
    public override bool Equals(object? obj) => obj is PurgeableOrchestrationState other && Equals(other);
    public bool Equals(PurgeableOrchestrationState other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:durabletask:RetentionPolicy")]
public class RetentionPolicy : CustomResource
{
    public RetentionPolicy(string name, RetentionPolicyArgs args, CustomResourceOptions? options = null) : base("azure-native:durabletask:RetentionPolicy", name, args, options) { }
}

public sealed class RetentionPolicyArgs : ResourceArgs
{
    [Input("properties")] public Input<Inputs.RetentionPolicyPropertiesArgs>? Properties { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("schedulerName", required: true)] public Input<string> SchedulerName { get; set; } = null!;
}

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
