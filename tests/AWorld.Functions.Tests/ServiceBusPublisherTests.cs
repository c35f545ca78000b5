using AWorld.Functions.Messages;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests;

public sealed class ServiceBusPublisherTests
{
    static readonly Tenant Acme = new("acme000001", "main000001");

    /// <summary>Takes batches of at most so many messages, and fails when it is told to.</summary>
    sealed class FakeClient(int perBatch, ServiceBusException? failure = null) : ServiceBusClient
    {
        public List<(string Entity, IReadOnlyList<ServiceBusMessage> Messages)> Sent { get; } = [];

        public override ServiceBusSender CreateSender(string queueOrTopicName) => new FakeSender(this, queueOrTopicName);

        sealed class FakeSender(FakeClient client, string entity) : ServiceBusSender
        {
            List<ServiceBusMessage> filling = [];

            public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default)
            {
                var store = filling = [];
                return new(ServiceBusModelFactory.ServiceBusMessageBatch(0, store, null, _ => store.Count < client.Limit));
            }

            public override Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default)
            {
                client.Told = cancellationToken;
                if (client.Hangs)
                {
                    return Task.Delay(Timeout.Infinite, CancellationToken.None);
                }
                if (client.Failure is { } failure)
                {
                    throw failure;
                }
                client.Sent.Add((entity, filling));
                return Task.CompletedTask;
            }
        }

        /// <summary>It never answers, and does not listen to cancellation either.</summary>
        public bool Hangs { get; init; }

        /// <summary>What the last send was to end by.</summary>
        public CancellationToken Told { get; private set; }

        int Limit => perBatch;
        ServiceBusException? Failure => failure;
    }

    static readonly FakeClock Clock = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));

    static ServiceBusPublisher Publisher(FakeClient client) =>
        new(client, new([MessageEntity.Queue("hires"), MessageEntity.Topic("news", new Receiver("ordered") { RequiresSession = true })]), Options.Create(new ServiceBusOptions()), Clock);

    static Message Hire(string id) => new(id, "{}"u8.ToArray());

    [Fact]
    public async Task Messages_are_sent_in_their_order_in_as_few_batches_as_hold_them()
    {
        var client = new FakeClient(perBatch: 2);
        var tenant = new Tenant("accountSB1", "main000001");
        using var sent = new Counted("aworld.messages.sent", tenant.AccountId);
        await Publisher(client).Send(tenant, "hires", [Hire("1"), Hire("2"), Hire("3"), Hire("4"), Hire("5")], CancellationToken.None);
        sent.Seen.ShouldBe([(5, "hires")]);
        client.Sent.Select(batch => string.Join(' ', batch.Messages.Select(message => message.MessageId))).ShouldBe(["1 2", "3 4", "5"]);
        client.Sent.ShouldAllBe(batch => batch.Entity == "hires");
    }

    [Fact]
    public async Task A_message_keeps_what_it_says_and_gets_its_tenant()
    {
        var client = new FakeClient(perBatch: 10);
        var at = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        await Publisher(client).Send(Acme, "hires",
            [Hire("1") with { SessionId = "user", ContentType = "application/json", Subject = "hired", CorrelationId = "c", TimeToLive = TimeSpan.FromHours(1), ScheduledEnqueueTime = at, Properties = new Dictionary<string, string> { ["kind"] = "a", ["accountId"] = "someone000" } }],
            CancellationToken.None);
        var message = client.Sent.ShouldHaveSingleItem().Messages.ShouldHaveSingleItem();
        (message.MessageId, message.SessionId, message.ContentType, message.Subject, message.CorrelationId).ShouldBe(("1", "user", "application/json", "hired", "c"));
        (message.TimeToLive, message.ScheduledEnqueueTime).ShouldBe((TimeSpan.FromHours(1), at));
        message.Body.ToString().ShouldBe("{}");
        message.ApplicationProperties.OrderBy(property => property.Key).Select(property => $"{property.Key}={property.Value}").ShouldBe(["accountId=acme000001", "kind=a", "workspaceId=main000001"]);
    }

    [Fact]
    public async Task A_message_that_fits_in_no_batch_is_refused() =>
        (await Should.ThrowAsync<ArgumentException>(async () => await Publisher(new(perBatch: 0)).Send(Acme, "hires", [Hire("1")], CancellationToken.None))).Message.ShouldContain("'1'");

    [Fact]
    public async Task A_message_without_the_session_that_it_needs_is_refused() =>
        await Should.ThrowAsync<ArgumentException>(async () => await Publisher(new(perBatch: 10)).Send(Acme, "news", [Hire("1")], CancellationToken.None));

    [Theory]
    [InlineData(ServiceBusFailureReason.QuotaExceeded)]
    [InlineData(ServiceBusFailureReason.ServiceBusy)]
    [InlineData(ServiceBusFailureReason.ServiceTimeout)]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem)]
    public async Task A_bus_that_is_full_or_out_of_reach_is_busy(ServiceBusFailureReason reason) =>
        await Should.ThrowAsync<MessagesUnavailableException>(async () => await Publisher(new(10, new("full", reason))).Send(Acme, "hires", [Hire("1")], CancellationToken.None));

    [Fact]
    public async Task A_bus_that_does_not_answer_is_busy_in_less_than_ten_seconds_and_sending_ends()
    {
        var client = new FakeClient(perBatch: 10) { Hangs = true };
        var sending = Publisher(client).Send(Acme, "hires", [Hire("1")], CancellationToken.None).AsTask();
        (sending.IsCompleted, client.Told.IsCancellationRequested).ShouldBe((false, false));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Should.ThrowAsync<MessagesUnavailableException>(() => sending);
        client.Told.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_gives_up_sending_is_not_told_that_it_is_busy()
    {
        using var stop = new CancellationTokenSource();
        var sending = Publisher(new(perBatch: 10) { Hangs = true }).Send(Acme, "hires", [Hire("1")], stop.Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public void The_client_tries_as_often_and_as_long_as_the_options_say()
    {
        var retry = new ServiceBusOptions { Attempts = 3, RetryAfter = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(4) }.Client().RetryOptions;
        (retry.Mode, retry.MaxRetries, retry.Delay, retry.MaxDelay, retry.TryTimeout).ShouldBe((ServiceBusRetryMode.Fixed, 2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task An_entity_that_is_not_there_is_not_busy() =>
        await Should.ThrowAsync<ServiceBusException>(async () => await Publisher(new(10, new("lost", ServiceBusFailureReason.MessagingEntityNotFound))).Send(Acme, "hires", [Hire("1")], CancellationToken.None));
}
