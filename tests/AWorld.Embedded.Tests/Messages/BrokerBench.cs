using System.Text;
using AWorld.Embedded.Messages;
using AWorld.Embedded.Storage;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>A broker over a real database, a clock that stands still, and what a test declares.</summary>
sealed class BrokerBench : IAsyncDisposable
{
    public static readonly Tenant Home = new("homeacct01", "workspace1");
    public static readonly Tenant Neighbour = new("homeacct01", "workspace2");

    public static readonly MessageEntity Plain = MessageEntity.Queue("work", new("") { MaxDeliveryCount = 3 });

    public static IEnumerable<string> Ids(IEnumerable<ReceivedMessage> messages) => messages.Select(message => message.Message.MessageId);

    readonly string data = Directory.CreateTempSubdirectory("aworld-messages-").FullName;
    readonly MessageEntity declared;
    readonly MessagesOptions options;
    readonly IReadOnlyList<IMessageSource> sources;
    SqliteDocumentStore store = null!;
    Broker broker = null!;

    public BrokerBench(MessageEntity declared, MessagesOptions? options = null, params IReadOnlyList<IMessageSource> sources)
    {
        (this.declared, this.options, this.sources) = (declared, options ?? new(), sources);
        Start();
    }

    public FakeClock Clock { get; } = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));

    /// <summary>Asked before each commit; true: the store is busy.</summary>
    public Func<IReadOnlyList<Write>, bool> Refuses { get; set; } = static _ => false;

    void Start()
    {
        store = new(data, new(), Clock);
        broker = new(new BusyStore(store, writes => Refuses(writes)), new([declared]), sources, Options.Create(options), Clock, NullLogger<Broker>.Instance);
    }

    /// <summary>Everything in memory is gone, as after kill -9; what was acknowledged is in the file.</summary>
    public void Crash()
    {
        broker.Dispose();
        store.Dispose();
        Start();
    }

    public static Message Message(string id, string? session = null, string body = "{}", params (string Name, string Value)[] properties) => new(id, Encoding.UTF8.GetBytes(body))
    {
        SessionId = session,
        Properties = properties.ToDictionary(property => property.Name, property => property.Value),
    };

    public Task Send(params Message[] messages) => SendAs(Home, messages);

    public Task SendAs(Tenant tenant, params Message[] messages) => broker.Send(tenant, declared.Name, messages, Stop).AsTask();

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Task Follow(string subscription) => broker.Follow(Home, declared.Name, subscription, true, Stop).AsTask();

    public Task<BrokerEntity> Entity(Tenant? tenant = null) => broker.Open(tenant ?? Home, declared, Stop);

    public async Task<BrokerQueue> Queue(string? subscription = null, bool deadLetters = false, Tenant? tenant = null) => (await Entity(tenant)).Find(subscription, deadLetters);

    public async Task<IReadOnlyList<ReceivedMessage>> Receive(int max = 100, string? subscription = null, bool deadLetters = false, Tenant? tenant = null)
    {
        var queue = await Queue(subscription, deadLetters, tenant);
        return await queue.Entity.Receive(queue, max, TimeSpan.Zero, Stop);
    }

    /// <summary>Waits until dead letters that the broker moves by itself have arrived.</summary>
    public async Task<ReceivedMessage> DeadLetter(string? subscription = null)
    {
        var queue = await Queue(subscription, deadLetters: true);
        return (await queue.Entity.Receive(queue, 1, TimeSpan.FromDays(1), Stop)).ShouldHaveSingleItem();
    }

    public async Task<bool> Complete(ReceivedMessage message, string? subscription = null, bool deadLetters = false)
    {
        var queue = await Queue(subscription, deadLetters);
        return await queue.Entity.Complete(queue, message.LockToken, Stop);
    }

    public async Task<bool> Abandon(ReceivedMessage message, string? subscription = null)
    {
        var queue = await Queue(subscription);
        return queue.Entity.Abandon(queue, message.LockToken);
    }

    public async ValueTask DisposeAsync()
    {
        broker.Dispose();
        await Task.Yield();
        store.Dispose();
        Directory.Delete(data, recursive: true);
    }

    sealed class BusyStore(IDocumentStore store, Func<IReadOnlyList<Write>, bool> refuses) : IDocumentStore
    {
        public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop) => store.Read(partition, id, stop);

        public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop) => store.Query(partition, query, stop);

        public ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop) =>
            refuses(writes) ? throw new StoreBusyException(TimeSpan.FromSeconds(1)) : store.Commit(partition, writes, stop);

        public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop) => store.Changes(container, cursor, limit, prefixes, stop);
    }
}
