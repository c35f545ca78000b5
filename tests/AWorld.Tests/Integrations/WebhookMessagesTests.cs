using AWorld.Embedded.Messages;
using AWorld.Integrations.Webhooks;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Integrations;

/// <summary>Webhooks while what keeps messages takes none for them.</summary>
public sealed class WebhookMessagesTests : WebhookWorld
{
    readonly FailingMessages messages = new();

    private protected override void Configure(WebApplicationBuilder builder) => messages.Around(builder.Services);

    [Fact]
    public async Task Sending_again_while_messages_are_lost_is_refused_and_leaves_nothing_that_waits()
    {
        var (id, delivered) = await Delivered();
        messages.BeforeSending = static _ => throw new MessagesUnavailableException(TimeSpan.FromSeconds(5), new IOException("no route to host"));
        (await platform.Dashboard().Refused(503, HttpMethod.Post, $"{Path}/{id}/deliveries/{delivered}/resend")).Code.ShouldBe("server/external_service_error");
        (await Log(id)).ShouldHaveSingleItem().Text("deliveryId").ShouldBe(delivered);

        messages.BeforeSending = static _ => Task.CompletedTask;
        var again = await platform.Dashboard().Post($"{Path}/{id}/deliveries/{delivered}/resend");
        await receiver.Next();
        await Delivered(id, one => one.Text("deliveryId") == again.Text("deliveryId") && one.Text("state") == "SUCCEEDED");
    }

    [Fact]
    public async Task Who_hangs_up_while_it_is_sent_again_leaves_none_that_waits_for_ever()
    {
        var (id, delivered) = await Delivered();
        var (sending, released) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        messages.BeforeSending = async stop =>
        {
            sending.TrySetResult();
            await released.Task;
            stop.ThrowIfCancellationRequested();
        };
        using var hangsUp = new CancellationTokenSource();
        var asked = platform.Dashboard().PostAsync($"{Path}/{id}/deliveries/{delivered}/resend", null, hangsUp.Token);
        await sending.Task.WaitAsync(Patience, Stop);
        await hangsUp.CancelAsync();
        released.SetResult();
        await Task.WhenAny(asked).WaitAsync(Patience, Stop);
        await receiver.Next();
        await Delivered(id, one => one.Text("deliveryId") != delivered && one.Text("state") == "SUCCEEDED");
    }

    [Fact]
    public async Task What_failed_is_tried_again_however_often_its_message_could_not_be_sent()
    {
        var refused = 0;
        messages.BeforeSending = _ => Interlocked.Increment(ref refused) <= 20 ? throw new MessagesUnavailableException(TimeSpan.FromSeconds(5), new IOException("throttled")) : Task.CompletedTask;
        receiver.AnswerWith(500);
        var id = (await Endpoint()).Text("webhookEndpointId");
        await Walk();
        await receiver.Next();
        await Until(() => Task.FromResult(Volatile.Read(ref refused) > 20));
        await Settled(waiting: 1);
        receiver.HasMore.ShouldBeFalse("what was attempted must not be attempted anew");
        (await Delivered(id, Attempted(1))).Text("state").ShouldBe("PENDING");
        receiver.AnswerWith(200);
        platform.Clock.Advance(WebhookDeliveries.Delays[0]);
        await receiver.Next();
        await Delivered(id, one => one.Text("state") == "SUCCEEDED");
    }

    async Task<(string EndpointId, string DeliveryId)> Delivered()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        await Walk();
        await receiver.Next();
        var delivery = await Delivered(id, one => one.Text("state") == "SUCCEEDED");
        await Settled(waiting: 0);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        return (id, delivery.Text("deliveryId"));
    }

    /// <summary>The broker of a host, of which sending what is to be done for endpoints can fail or wait.</summary>
    sealed class FailingMessages : IMessagePublisher
    {
        Broker broker = null!;

        public Func<CancellationToken, Task> BeforeSending { get; set; } = static _ => Task.CompletedTask;

        public void Around(IServiceCollection services) => services.AddSingleton<IMessagePublisher>(provider =>
        {
            broker = provider.GetRequiredService<Broker>();
            return this;
        });

        public async ValueTask Send(Tenant tenant, string entity, IReadOnlyList<Message> messages, CancellationToken stop)
        {
            if (entity == WebhookDeliveries.Queue.Name)
            {
                await BeforeSending(stop);
            }
            await broker.Send(tenant, entity, messages, stop);
        }

        public ValueTask<bool> IsRead(Tenant tenant, string entity, CancellationToken stop) => broker.IsRead(tenant, entity, stop);
        public ValueTask Follow(Tenant tenant, string topic, string subscription, bool isRead, CancellationToken stop) => broker.Follow(tenant, topic, subscription, isRead, stop);
    }
}
