namespace Pulumi.AzureNative.ServiceBus;

[AzureNativeResourceType("azure-native:servicebus:Namespace")]
public class Namespace : CustomResource
{
    public Namespace(string name, NamespaceArgs args, CustomResourceOptions? options = null) : base("azure-native:servicebus:Namespace", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class NamespaceArgs : ResourceArgs
{
    [Input("disableLocalAuth")] public Input<bool>? DisableLocalAuth { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("minimumTlsVersion")] public InputUnion<string, TlsVersion>? MinimumTlsVersion { get; set; }
    [Input("namespaceName")] public Input<string>? NamespaceName { get; set; }
    [Input("publicNetworkAccess")] public InputUnion<string, PublicNetworkAccess>? PublicNetworkAccess { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku")] public Input<Inputs.SBSkuArgs>? Sku { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("zoneRedundant")] public Input<bool>? ZoneRedundant { get; set; }
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

[AzureNativeResourceType("azure-native:servicebus:Queue")]
public class Queue : CustomResource
{
    public Queue(string name, QueueArgs args, CustomResourceOptions? options = null) : base("azure-native:servicebus:Queue", name, args, options) { }
}

public sealed class QueueArgs : ResourceArgs
{
    [Input("deadLetteringOnMessageExpiration")] public Input<bool>? DeadLetteringOnMessageExpiration { get; set; }
    [Input("defaultMessageTimeToLive")] public Input<string>? DefaultMessageTimeToLive { get; set; }
    [Input("duplicateDetectionHistoryTimeWindow")] public Input<string>? DuplicateDetectionHistoryTimeWindow { get; set; }
    [Input("lockDuration")] public Input<string>? LockDuration { get; set; }
    [Input("maxDeliveryCount")] public Input<int>? MaxDeliveryCount { get; set; }
    [Input("maxSizeInMegabytes")] public Input<int>? MaxSizeInMegabytes { get; set; }
    [Input("namespaceName", required: true)] public Input<string> NamespaceName { get; set; } = null!;
    [Input("queueName")] public Input<string>? QueueName { get; set; }
    [Input("requiresDuplicateDetection")] public Input<bool>? RequiresDuplicateDetection { get; set; }
    [Input("requiresSession")] public Input<bool>? RequiresSession { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}

[EnumType]
public readonly struct SkuName : IEquatable<SkuName>
{
    readonly string value;

    SkuName(string value) => this.value = value;

    public static SkuName Premium { get; } = new("Premium");

    public static bool operator ==(SkuName left, SkuName right) => left.Equals(right);
    public static bool operator !=(SkuName left, SkuName right) => !left.Equals(right);
    public static explicit operator string(SkuName value) => value.value;
    public override bool Equals(object? obj) => obj is SkuName other && Equals(other);
    public bool Equals(SkuName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SkuTier : IEquatable<SkuTier>
{
    readonly string value;

    SkuTier(string value) => this.value = value;

    public static SkuTier Premium { get; } = new("Premium");

    public static bool operator ==(SkuTier left, SkuTier right) => left.Equals(right);
    public static bool operator !=(SkuTier left, SkuTier right) => !left.Equals(right);
    public static explicit operator string(SkuTier value) => value.value;
    public override bool Equals(object? obj) => obj is SkuTier other && Equals(other);
    public bool Equals(SkuTier other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:servicebus:Subscription")]
public class Subscription : CustomResource
{
    public Subscription(string name, SubscriptionArgs args, CustomResourceOptions? options = null) : base("azure-native:servicebus:Subscription", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class SubscriptionArgs : ResourceArgs
{
    [Input("deadLetteringOnFilterEvaluationExceptions")] public Input<bool>? DeadLetteringOnFilterEvaluationExceptions { get; set; }
    [Input("deadLetteringOnMessageExpiration")] public Input<bool>? DeadLetteringOnMessageExpiration { get; set; }
    [Input("defaultMessageTimeToLive")] public Input<string>? DefaultMessageTimeToLive { get; set; }
    [Input("lockDuration")] public Input<string>? LockDuration { get; set; }
    [Input("maxDeliveryCount")] public Input<int>? MaxDeliveryCount { get; set; }
    [Input("namespaceName", required: true)] public Input<string> NamespaceName { get; set; } = null!;
    [Input("requiresSession")] public Input<bool>? RequiresSession { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("subscriptionName")] public Input<string>? SubscriptionName { get; set; }
    [Input("topicName", required: true)] public Input<string> TopicName { get; set; } = null!;
}

[EnumType]
public readonly struct TlsVersion : IEquatable<TlsVersion>
{
    readonly string value;

    TlsVersion(string value) => this.value = value;

    public static TlsVersion TlsVersion_1_2 { get; } = new("1.2");

    public static bool operator ==(TlsVersion left, TlsVersion right) => left.Equals(right);
    public static bool operator !=(TlsVersion left, TlsVersion right) => !left.Equals(right);
    public static explicit operator string(TlsVersion value) => value.value;
    public override bool Equals(object? obj) => obj is TlsVersion other && Equals(other);
    public bool Equals(TlsVersion other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:servicebus:Topic")]
public class Topic : CustomResource
{
    public Topic(string name, TopicArgs args, CustomResourceOptions? options = null) : base("azure-native:servicebus:Topic", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class TopicArgs : ResourceArgs
{
    [Input("duplicateDetectionHistoryTimeWindow")] public Input<string>? DuplicateDetectionHistoryTimeWindow { get; set; }
    [Input("maxSizeInMegabytes")] public Input<int>? MaxSizeInMegabytes { get; set; }
    [Input("namespaceName", required: true)] public Input<string> NamespaceName { get; set; } = null!;
    [Input("requiresDuplicateDetection")] public Input<bool>? RequiresDuplicateDetection { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("topicName")] public Input<string>? TopicName { get; set; }
}
