using System.Net.Sockets;
using AWorld.Functions.Cosmos;
using AWorld.Functions.Tests.Cosmos;

namespace AWorld.Functions.Tests.Failover;

/// <summary>
/// An account that writes in several regions: a fake of each, and between them the copying of commits, which lags. A
/// region can be lost with requests in flight, and come back.
/// </summary>
sealed class FakeRegions : HttpMessageHandler
{
    /// <summary>What becomes of the requests that are in flight when a region is lost.</summary>
    static readonly Fault[] InFlight = [new(Applied: true), new(), new(503, Applied: true), new(503), new(408, Applied: true), new(Applied: true)];

    readonly string[] hosts;
    readonly HttpMessageInvoker[] doors;
    readonly Lock copying = new();
    readonly TaskCompletionSource allInFlight = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int left = -1, inside;
    bool isCut;

    public FakeRegions(TimeProvider clock, params string[] names)
    {
        hosts = [.. names.Select(static name => $"{name.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()}.localhost")];
        Regions = [.. names.Select((_, site) => new FakeCosmos(clock, names) { Site = site })];
        doors = [.. Regions.Select(static region => new HttpMessageInvoker(region, disposeHandler: false))];
        foreach (var (region, container) in from region in Regions from container in CosmosContainers.All select (region, container))
        {
            region.Create(container.Name, container.Keys);
        }
    }

    public IReadOnlyList<FakeCosmos> Regions { get; }

    /// <summary>Commits by which the other regions are behind.</summary>
    public int Lag { get; init; }

    public int Overruled { get; private set; }

    /// <summary>Items that got out of the first region only when it was lost already, and others may have been written in the meantime.</summary>
    public HashSet<(string PartitionKey, string Id)> Late { get; } = [];

    /// <summary>Nobody answers in the first region.</summary>
    public bool IsLost { get; private set; }

    public HttpClient Client() => new(this, disposeHandler: false);

    /// <summary>The first region is lost once this many more batches have come, and with some of them unanswered.</summary>
    public void LoseHomeAfter(int batches) => left = batches;

    /// <summary>The first region is there again, and all regions get what they have not got.</summary>
    public void Return()
    {
        lock (copying)
        {
            IsLost = isCut = false;
            Copy(keep: 0);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (site, fault) = Enter(request);
        try
        {
            if (fault is not null)
            {
                await allInFlight.Task.WaitAsync(cancellationToken);
            }
            return await (fault is null ? doors[site] : Door(fault)).SendAsync(request, cancellationToken);
        }
        finally
        {
            Leave(site);
        }
    }

    (int Site, Fault? Fault) Enter(HttpRequestMessage request)
    {
        lock (copying)
        {
            // The account's own name leads to a region that is there.
            var site = Array.IndexOf(hosts, request.RequestUri!.Host) is var named and >= 0 ? named : IsLost ? 1 : 0;
            if (site != 0)
            {
                return (site, null);
            }
            if (IsLost)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, "nobody listens", new SocketException((int)SocketError.ConnectionRefused));
            }
            inside++;
            return (0, request.Headers.Contains("x-ms-cosmos-is-batch-request") ? Next() : null);
        }
    }

    void Leave(int site)
    {
        lock (copying)
        {
            // What was in flight is copied as all else; once it has left, nothing gets out of a lost region or into it.
            if (!isCut)
            {
                Copy(Lag);
            }
            inside -= site == 0 ? 1 : 0;
            isCut |= IsLost && inside == 0;
        }
    }

    Fault? Next()
    {
        if (--left < 0 || left >= InFlight.Length)
        {
            return null;
        }
        if (left == 0)
        {
            IsLost = true;
            allInFlight.SetResult();
        }
        return InFlight[left];
    }

    HttpMessageInvoker Door(Fault fault) => new(new Faulty(doors[0], fault), disposeHandler: false);

    void Copy(int keep)
    {
        foreach (var from in Regions)
        {
            var sent = from.Locked(containers => containers.Select(container => (container.Name, Commits: container.Send(keep))).ToList());
            if (IsLost && from == Regions[0])
            {
                Late.UnionWith(sent.SelectMany(static one => one.Commits).SelectMany(static commit => commit).Select(static item => (item.PartitionKey, item.Id)));
            }
            foreach (var to in Regions.Where(to => to != from))
            {
                Overruled += to.Locked(_ => sent.Sum(one => one.Commits.Sum(commit => to.Container(one.Name).Receive(commit).Count)));
            }
        }
    }

    /// <summary>Answers as the fault says, after the request took effect or before.</summary>
    sealed class Faulty(HttpMessageInvoker door, Fault fault) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var response = fault.Applied ? await door.SendAsync(request, cancellationToken) : null;
            return FakeCosmos.Fail(request, fault);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var region in Regions)
        {
            region.Dispose();
        }
        base.Dispose(disposing);
    }
}
