using System.Text;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using AWorld.Tests;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>A fake account with its containers, and stores that reach it as instances of the host do.</summary>
sealed class StoreOverFake : IAsyncDisposable
{
    public static readonly Tenant Workspace = new("account001", "workspace1");
    public static readonly Partition Ada = Partition.Player(Workspace, "ada");
    public static readonly CancellationToken None = CancellationToken.None;

    readonly List<CosmosClients> clients = [];

    StoreOverFake(FakeCosmos fake, FakeClock clock) => (Fake, Clock) = (fake, clock);

    public FakeClock Clock { get; }
    public FakeCosmos Fake { get; }
    public CosmosOptions Options { get; } = FakeAccount.Options();
    public CosmosDocumentStore Store { get; private set; } = null!;

    public static async Task<StoreOverFake> Start(Action<CosmosOptions>? configure = null, params string[] regions)
    {
        var clock = new FakeClock(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
        var over = new StoreOverFake(new(clock, regions), clock);
        configure?.Invoke(over.Options);
        over.Store = over.Instance();
        await over.clients[0].CreateContainers(None);
        over.Fake.Requests.Clear();
        return over;
    }

    /// <summary>Another instance of the host, with its own clients.</summary>
    public CosmosDocumentStore Instance(ISessionTokens? sessions = null)
    {
        clients.Add(new(Options, FakeAccount.NoCredential, Fake.Client));
        return new(clients[^1], Options, Clock, sessions);
    }

    public Task<CommitResult> Commit(params Write[] writes) => Store.Commit(Ada, writes, None).AsTask();

    public static byte[] Body(string text) => Encoding.UTF8.GetBytes(text);

    public static async Task<string?> Text(CosmosDocumentStore store, string id) => await store.Read(Ada, id, None) is { } read ? Encoding.UTF8.GetString(read.Body.Span) : null;

    /// <summary>The next requests of a kind fail in turn; those after them do not.</summary>
    public void Fail(string kind, params Fault[] faults)
    {
        var left = new Queue<Fault>(faults);
        Fake.Faults = call => call.Kind == kind && left.TryDequeue(out var fault) ? fault : null;
    }

    public IEnumerable<FakeRequest> Sent(string kind) => Fake.Requests.Where(request => request.Kind == kind);

    public ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        Fake.Dispose();
        return ValueTask.CompletedTask;
    }
}
