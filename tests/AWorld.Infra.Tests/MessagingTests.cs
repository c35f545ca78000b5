using System.Collections.Immutable;
using System.Xml;

namespace AWorld.Infra.Tests;

/// <summary>What the product declares of queues and topics is what Azure is asked for.</summary>
public sealed class MessagingTests
{
    [Fact]
    public async Task Queues_and_topics_are_those_that_the_product_declares()
    {
        var graph = await Environments.One.Graph();
        var entities = Plan.Entities();
        entities.ShouldNotBeEmpty();
        graph.Where(static one => one.Type == "azure-native:servicebus:Queue").Select(static one => (string)one["queueName"]!).Order().ShouldBe(entities.Where(static one => !one.IsTopic).Select(static one => one.Name).Order());
        graph.Where(static one => one.Type == "azure-native:servicebus:Subscription").Select(static one => $"{one["topicName"]}/{one["subscriptionName"]}").Order()
            .ShouldBe(entities.Where(static one => one.IsTopic).SelectMany(static one => one.Receivers.Select(receiver => $"{one.Name}/{receiver.Name}")).Order());
        var inbound = graph.Single(static one => one.Type == "azure-native:servicebus:Queue" && Equals(one["queueName"], "aworld-inbound"));
        inbound["requiresDuplicateDetection"].ShouldBe(true);
        inbound["duplicateDetectionHistoryTimeWindow"].ShouldBe("PT10M");
        inbound["deadLetteringOnMessageExpiration"].ShouldBe(true);
        inbound["defaultMessageTimeToLive"].ShouldBe("P14D");
    }

    /// <summary>In the place of Azure's own rule: a second one beside it would let everything pass.</summary>
    [Fact]
    public async Task A_subscription_with_a_filter_gets_what_passes_it_and_nothing_else()
    {
        var graph = await Environments.One.Graph();
        var rules = graph.Where(static one => one.Type == "azure-native:resources:Deployment").Select(static one => (Mode: one["properties.mode"], Rule: (ImmutableDictionary<string, object>)one.List("properties.template.resources").Single())).ToList();
        rules.ShouldHaveSingleItem().Mode.ShouldBe("Incremental");
        var rule = new Declared("", "", rules[0].Rule);
        rule["type"].ShouldBe("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules");
        rule["name"].ShouldBe("aworld-test-weu-bus/aworld-events/webhooks/$Default");
        rule["properties.sqlFilter.sqlExpression"].ShouldBe("user.\"origin\" IN ('aworld')");
        Plan.Entities().SelectMany(static entity => entity.Receivers).Count(static receiver => receiver.Filter is not null).ShouldBe(1);
        graph.ShouldNotContain(static one => one.Type == "azure-native:servicebus:Rule");
    }

    [Fact]
    public async Task Receivers_are_made_as_the_product_declares_them_but_for_what_nobody_may_read()
    {
        var graph = await Environments.One.Graph();
        foreach (var entity in Plan.Entities())
        {
            var owner = graph.Single(one => one.Type == $"azure-native:servicebus:{(entity.IsTopic ? "Topic" : "Queue")}" && Equals(one[entity.IsTopic ? "topicName" : "queueName"], entity.Name));
            owner["requiresDuplicateDetection"].ShouldBe(entity.DuplicateDetection > TimeSpan.Zero);
            owner["maxSizeInMegabytes"].ShouldBe(81_920d);
            foreach (var receiver in entity.Receivers)
            {
                var made = entity.IsTopic ? graph.Single(one => one.Type == "azure-native:servicebus:Subscription" && Equals(one["topicName"], entity.Name) && Equals(one["subscriptionName"], receiver.Name)) : owner;
                made["requiresSession"].ShouldBe(receiver.RequiresSession);
                made["maxDeliveryCount"].ShouldBe((double)receiver.MaxDeliveryCount);
                XmlConvert.ToTimeSpan((string)made["lockDuration"]!).ShouldBe(receiver.LockDuration);
                made["deadLetteringOnMessageExpiration"].ShouldBe(receiver.DeadLetterExpired);
                XmlConvert.ToTimeSpan((string)made["defaultMessageTimeToLive"]!).ShouldBe(receiver.Name == "integrations" ? TimeSpan.FromDays(1) : receiver.TimeToLive);
            }
        }
    }
}
