using System.Reflection;
using AWorld.Embedded;
using AWorld.Functions.Http;
using AWorld.Functions.Messages;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Functions.Triggers;
using AWorld.Functions.Workflows;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests;

/// <summary>Each function hands on what triggered it, and fails when that failed.</summary>
public sealed class TriggerTests
{
    static readonly Tenant Acme = new("acme000001", "main000001");

    static IEnumerable<(string Name, MethodInfo Method)> Functions(Type type) =>
        type.GetMethods().Select(static method => (method.GetCustomAttribute<FunctionAttribute>()?.Name!, method)).Where(static function => function.Item1 is not null);

    sealed class Noted(string entity, List<string> seen) : IMessageHandler
    {
        public async Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop)
        {
            seen.Add($"{entity}: {message.Tenant} {message.Message.MessageId}");
            await settlement.Complete(stop);
        }
    }

    sealed class Completing : ServiceBusMessageActions
    {
        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }

    [Fact]
    public async Task A_message_goes_to_the_handler_of_its_entity()
    {
        List<string> seen = [], entities = [];
        await using var platform = await AzurePlatform.Start();
        var handlers = platform.Services.GetServices<MessageHandlerRegistration>().Select(handler => handler with { Make = _ => new Noted($"{handler.Entity}/{handler.Subscription}", seen) });
        var receiver = ActivatorUtilities.CreateInstance<MessageReceiver>(platform.Services, handlers);
        var functions = new MessageFunctions(receiver, new());
        foreach (var (name, method) in Functions(typeof(MessageFunctions)))
        {
            var trigger = method.GetParameters()[0].GetCustomAttribute<ServiceBusTriggerAttribute>()!;
            entities.Add($"{trigger.QueueName ?? trigger.TopicName}/{trigger.SubscriptionName}: {Acme} 1");
            var invocation = new FakeInvocation(name, "serviceBusTrigger");
            invocation.Features.Set(Acme);
            var message = ServiceBusModelFactory.ServiceBusReceivedMessage(body: new("{}"u8.ToArray()), messageId: "1", properties: new Dictionary<string, object>(), lockTokenGuid: Guid.Empty);
            object?[] given = [.. method.GetParameters().Select(parameter => parameter.ParameterType == typeof(ServiceBusReceivedMessage) ? message
                : parameter.ParameterType == typeof(ServiceBusMessageActions) ? new Completing()
                : parameter.ParameterType == typeof(FunctionContext) ? (object)invocation : null)];
            await (Task)method.Invoke(functions, given)!;
        }
        seen.ShouldBe(entities);
        seen.Count.ShouldBe(platform.Services.GetServices<MessageHandlerRegistration>().Count());
    }

    sealed class Follower(IDocumentStore store) : PlayerFeedConsumer("follower", store)
    {
        public List<string> Heard { get; } = [];
        public bool Refuses { get; set; }

        public override bool Concerns(Change change) => true;

        protected override ValueTask Take(IReadOnlyList<Change> changes, CancellationToken stop)
        {
            if (Refuses)
            {
                throw new StoreBusyException(TimeSpan.FromSeconds(1));
            }
            Heard.AddRange(changes.Select(static change => change.Document.Id));
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>The checkpoint of the trigger is written when its invocation did not fail.</summary>
    [Fact]
    public async Task A_change_is_heard_by_who_follows_or_its_invocation_fails()
    {
        await using var over = await StoreOverFake.Start();
        var follower = new Follower(over.Store);
        var services = new ServiceCollection().AddSingleton<IPlayerFeedConsumer>(follower).BuildServiceProvider();
        using var feed = new PlayerFeed(over.Store, services, Options.Create(new GameOptions()), new(over.Clock), NullLogger<PlayerFeed>.Instance);
        var functions = new FeedFunctions(feed, new());
        await over.Commit(Write.Create("journal:000000000001", StoreOverFake.Body("{}")));

        follower.Refuses = true;
        await Should.ThrowAsync<StoreBusyException>(() => functions.Players("[]", null!, new FakeInvocation("PlayerFeed", "cosmosDBTrigger")));
        follower.Refuses = false;
        await functions.Players("[]", null!, new FakeInvocation("PlayerFeed", "cosmosDBTrigger"));
        await functions.Players("[]", null!, new FakeInvocation("PlayerFeed", "cosmosDBTrigger"));
        follower.Heard.ShouldBe(["journal:000000000001"]);
    }

    /// <summary>A body of which nobody knows the length, and which counts what was read of it.</summary>
    sealed class Endless : Stream
    {
        public long Taken { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            Taken += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("bodies are read without blocking");
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    [Fact]
    public async Task A_body_without_end_is_read_as_it_comes_and_not_for_ever()
    {
        await using var platform = await AzurePlatform.Start();
        await using var scope = platform.Services.CreateAsyncScope();
        await using var body = new Endless();
        var http = AzurePlatform.Request(scope.ServiceProvider, "POST", "/dashboard/v1/virtual-currencies", "", platform.SignIn(platform.Dashboard));
        http.Request.Body = body;
        await new HttpFunctions(platform.Services.GetRequiredService<ProductPipeline>(), new()).Dashboard(http.Request, null!);
        http.Response.StatusCode.ShouldBe(413);
        body.Taken.ShouldBeInRange(Body.LimitBytes, Body.LimitBytes + Body.DroppedBytes + (2 * 1024 * 1024));
    }
}
