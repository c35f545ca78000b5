using System.Xml;
using AWorld.Infra.Topologies;
using AWorld.Platform.Messages;
using Pulumi;
using Pulumi.AzureNative.ServiceBus;
using Pulumi.AzureNative.ServiceBus.Inputs;

namespace AWorld.Infra.Components;

sealed record MessagingArgs(StampTopology Stamp, Ceilings Ceilings, IReadOnlyList<MessageEntity> Entities, Place Place, Input<string> WorkspaceId);

/// <summary>A stamp's Service Bus, with the queues and topics that the product declares.</summary>
sealed class Messaging : ComponentResource
{
    readonly string name;
    readonly Place place;
    readonly Namespace bus;

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
        };
        if (entity.DuplicateDetection > TimeSpan.Zero)
        {
            args.DuplicateDetectionHistoryTimeWindow = Time(entity.DuplicateDetection);
        }
        _ = new Queue($"{name}-{entity.Name}", args, new() { Parent = this });
    }

    void Topic(MessageEntity entity)
    {
        var args = new TopicArgs { TopicName = entity.Name, NamespaceName = bus.Name, ResourceGroupName = place.Group, RequiresDuplicateDetection = entity.DuplicateDetection > TimeSpan.Zero };
        if (entity.DuplicateDetection > TimeSpan.Zero)
        {
            args.DuplicateDetectionHistoryTimeWindow = Time(entity.DuplicateDetection);
        }
        var topic = new Topic($"{name}-{entity.Name}", args, new() { Parent = this });
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
                DefaultMessageTimeToLive = Time(receiver.TimeToLive),
                DeadLetteringOnMessageExpiration = receiver.DeadLetterExpired,
                DeadLetteringOnFilterEvaluationExceptions = true,
            }, new() { Parent = this });
            if (receiver.Filter is { } filter)
            {
                // In the place of the rule that Azure makes by itself, which lets all pass.
                _ = new Rule($"{name}-{entity.Name}-{receiver.Name}-filter", new()
                {
                    RuleName = "$Default",
                    SubscriptionName = subscription.Name,
                    TopicName = topic.Name,
                    NamespaceName = bus.Name,
                    ResourceGroupName = place.Group,
                    FilterType = FilterType.SqlFilter,
                    SqlFilter = new SqlFilterArgs { SqlExpression = filter.Sql },
                }, new() { Parent = this });
            }
        }
    }

    static string Time(TimeSpan time) => XmlConvert.ToString(time);
}
