using System.Xml;
using AWorld.Infra.Topologies;
using AWorld.Platform.Messages;
using Pulumi;
using Pulumi.AzureNative.Resources;
using Pulumi.AzureNative.Resources.Inputs;
using Pulumi.AzureNative.ServiceBus;
using Pulumi.AzureNative.ServiceBus.Inputs;

namespace AWorld.Infra.Components;

sealed record MessagingArgs(StampTopology Stamp, Ceilings Ceilings, IReadOnlyList<MessageEntity> Entities, Place Place, Input<string> WorkspaceId);

/// <summary>A stamp's Service Bus, with the queues and topics that the product declares.</summary>
sealed class Messaging : ComponentResource
{
    /// <summary>Of a queue or topic. When it is full nothing more can be sent to it, whoever reads: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas.</summary>
    public const int Megabytes = 81_920;

    /// <summary>
    /// How long an event waits for a reader that may never come, instead of the time that the product gives it: Service Bus
    /// cannot drop what is oldest when it is full, and then sends would be refused that others wait for. A day of 900 KB a second fits.
    /// </summary>
    public static readonly TimeSpan Unread = TimeSpan.FromDays(1);

    readonly string name;
    readonly Place place;
    readonly Namespace bus;
    readonly List<Resource> entities = [];

    public Messaging(string name, MessagingArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Messaging", name, options)
    {
        (this.name, place) = (name, args.Place);
        bus = new($"{name}-bus", new()
        {
            NamespaceName = args.Stamp.Name(Named.Bus),
            ResourceGroupName = place.Group,
            Location = place.Location,
            Sku = new SBSkuArgs { Name = SkuName.Premium, Tier = SkuTier.Premium, Capacity = args.Ceilings.BusUnits },
            ZoneRedundant = true,
            DisableLocalAuth = true,
            MinimumTlsVersion = TlsVersion.TlsVersion_1_2,
            PublicNetworkAccess = PublicNetworkAccess.Disabled,
            Tags = place.Tags,
        }, new() { Parent = this, Protect = !args.Stamp.Draining });
        (Id, Host) = (bus.Id, bus.Name.Apply(static made => $"{made}.servicebus.windows.net"));
        foreach (var entity in args.Entities)
        {
            if (entity.IsTopic)
            {
                Topic(entity);
            }
            else
            {
                Queue(entity);
            }
        }
        Observability.Diagnose(this, $"{name}-bus", bus.Id, args.WorkspaceId);
        RegisterOutputs();
    }

    public Output<string> Id { get; }
    public Output<string> Host { get; }

    /// <summary>All that must be there before somebody sends or receives.</summary>
    public IReadOnlyList<Resource> Entities => entities;

    void Queue(MessageEntity entity)
    {
        var receiver = entity.Receivers[0];
        var args = new QueueArgs
        {
            QueueName = entity.Name,
            NamespaceName = bus.Name,
            ResourceGroupName = place.Group,
            RequiresDuplicateDetection = entity.DuplicateDetection > TimeSpan.Zero,
            RequiresSession = receiver.RequiresSession,
            LockDuration = Time(receiver.LockDuration),
            MaxDeliveryCount = receiver.MaxDeliveryCount,
            DefaultMessageTimeToLive = Time(receiver.TimeToLive),
            DeadLetteringOnMessageExpiration = receiver.DeadLetterExpired,
            MaxSizeInMegabytes = Megabytes,
        };
        if (entity.DuplicateDetection > TimeSpan.Zero)
        {
            args.DuplicateDetectionHistoryTimeWindow = Time(entity.DuplicateDetection);
        }
        entities.Add(new Queue($"{name}-{entity.Name}", args, new() { Parent = this }));
    }

    void Topic(MessageEntity entity)
    {
        var args = new TopicArgs { TopicName = entity.Name, NamespaceName = bus.Name, ResourceGroupName = place.Group, RequiresDuplicateDetection = entity.DuplicateDetection > TimeSpan.Zero, MaxSizeInMegabytes = Megabytes };
        if (entity.DuplicateDetection > TimeSpan.Zero)
        {
            args.DuplicateDetectionHistoryTimeWindow = Time(entity.DuplicateDetection);
        }
        var topic = new Topic($"{name}-{entity.Name}", args, new() { Parent = this });
        entities.Add(topic);
        foreach (var receiver in entity.Receivers)
        {
            var subscription = new Pulumi.AzureNative.ServiceBus.Subscription($"{name}-{entity.Name}-{receiver.Name}", new()
            {
                SubscriptionName = receiver.Name,
                TopicName = topic.Name,
                NamespaceName = bus.Name,
                ResourceGroupName = place.Group,
                RequiresSession = receiver.RequiresSession,
                LockDuration = Time(receiver.LockDuration),
                MaxDeliveryCount = receiver.MaxDeliveryCount,
                DefaultMessageTimeToLive = Time(receiver.DropsOldest && receiver.TimeToLive > Unread ? Unread : receiver.TimeToLive),
                DeadLetteringOnMessageExpiration = receiver.DeadLetterExpired,
                DeadLetteringOnFilterEvaluationExceptions = true,
            }, new() { Parent = this });
            entities.Add(subscription);
            if (receiver.Filter is { } filter)
            {
                entities.Add(Filter(entity.Name, receiver, filter.Sql, subscription));
            }
        }
    }

    /// <summary>
    /// Puts a filter in the place of the rule that Azure makes by itself, which lets all pass. By a template, since the
    /// provider refuses to make what exists and Azure creates or updates
    /// (https://github.com/pulumi/pulumi-azure-native/issues/4489, https://learn.microsoft.com/rest/api/servicebus/controlplane/rules/create-or-update).
    /// </summary>
    Pulumi.AzureNative.Resources.Deployment Filter(string topic, Receiver receiver, string sql, Pulumi.AzureNative.ServiceBus.Subscription subscription) => new($"{name}-{topic}-{receiver.Name}-filter", new()
    {
        // What a subscription is made again for is in the name, so that the filter of the new one is made too.
        DeploymentName = $"{topic}-{receiver.Name}-{(receiver.RequiresSession ? "sessions" : "plain")}-filter",
        ResourceGroupName = place.Group,
        Properties = new DeploymentPropertiesArgs
        {
            Mode = DeploymentMode.Incremental,
            // The subscription's name comes once it is made.
            Template = Output.Format($"{bus.Name}/{topic}/{subscription.Name}/$Default").Apply(rule => (object)new Dictionary<string, object>
            {
                ["$schema"] = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                ["contentVersion"] = "1.0.0.0",
                ["resources"] = new List<object>
                {
                    new Dictionary<string, object>
                    {
                        ["type"] = "Microsoft.ServiceBus/namespaces/topics/subscriptions/rules",
                        ["apiVersion"] = "2024-01-01",
                        ["name"] = rule,
                        ["properties"] = new Dictionary<string, object> { ["filterType"] = "SqlFilter", ["sqlFilter"] = new Dictionary<string, object> { ["sqlExpression"] = sql } },
                    },
                },
            }),
        },
    }, new() { Parent = this });

    static string Time(TimeSpan time) => XmlConvert.ToString(time);
}
