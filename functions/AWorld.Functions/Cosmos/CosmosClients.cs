using System.Net;
using AWorld.Platform;
using Azure.Core;
using Microsoft.Azure.Cosmos;
using AccountContainer = Microsoft.Azure.Cosmos.Container;
using Container = AWorld.Platform.Container;

namespace AWorld.Functions.Cosmos;

/// <summary>
/// A client for each region that is home to accounts: an ETag protects only where it was checked, so all writes of an
/// account go to one region, and to the next one of the list when that is lost.
/// </summary>
public sealed class CosmosClients : IDisposable
{
    readonly Dictionary<string, CosmosClient> clients = new(StringComparer.Ordinal);
    readonly Dictionary<(string Region, Container Container), AccountContainer> containers = [];
    readonly CosmosOptions options;
    readonly string database;
    readonly string firstHome;
    readonly Dictionary<string, string> homes;

    /// <param name="transport">In place of the network; null: the network.</param>
    public CosmosClients(CosmosOptions options, TokenCredential credential, Func<HttpClient>? transport = null, string database = CosmosContainers.Database)
    {
        (this.options, this.database) = (options, database);
        firstHome = options.Regions.FirstOrDefault() ?? "";
        homes = options.HomeRegions.Where(entry => entry.Length > 0).Select(entry => entry.Split('=', 2)).ToDictionary(entry => entry[0], entry => entry[1], StringComparer.Ordinal);
        // The only switches that the SDK has for it: a partition that fails in a region is read elsewhere meanwhile. With several
        // regions to write it would move writes too, of each client by itself and for minutes; so each write tries the home first.
        Environment.SetEnvironmentVariable("AZURE_COSMOS_CIRCUIT_BREAKER_ENABLED", "True");
        Environment.SetEnvironmentVariable("AZURE_COSMOS_PPCB_CONSECUTIVE_FAILURE_COUNT_FOR_WRITES", $"{int.MaxValue}");
        foreach (var home in homes.Values.Prepend(firstHome).Distinct(StringComparer.Ordinal))
        {
            var settings = Settings(home, transport);
            var client = string.IsNullOrEmpty(options.Key)
                ? new CosmosClient(options.Endpoint.AbsoluteUri, credential, settings)
                : new CosmosClient(options.Endpoint.AbsoluteUri, options.Key, settings);
            clients.Add(home, client);
            foreach (var container in CosmosContainers.All)
            {
                containers.Add((home, container.Container), client.GetContainer(database, container.Name));
            }
        }
    }

    /// <summary>The container as its account's home region has it.</summary>
    public AccountContainer Of(Partition partition) =>
        containers[(homes.GetValueOrDefault(partition.AccountId, firstHome), partition.Container)];

    /// <summary>The container for reads of all accounts.</summary>
    public AccountContainer Of(Container container) => containers[(firstHome, container)];

    /// <summary>Makes what is missing; an emulator starts empty.</summary>
    public async Task CreateContainers(CancellationToken stop)
    {
        Database made = await clients[firstHome].CreateDatabaseIfNotExistsAsync(database, cancellationToken: stop);
        foreach (var container in CosmosContainers.All)
        {
            await made.CreateContainerIfNotExistsAsync(container.Properties(), cancellationToken: stop);
        }
    }

    /// <summary>
    /// Reads what the SDK must know of the containers, and opens a connection to each of their partitions. What it reads
    /// of players for that tells whose they were that changed since.
    /// </summary>
    public async Task<IReadOnlyCollection<Tenant>> Warm(DateTimeOffset since, CancellationToken stop) =>
        [.. (await Task.WhenAll(containers.Select(one => Warm(one.Key.Container, one.Value, since, stop)))).SelectMany(static active => active).Distinct()];

    static async Task<List<Tenant>> Warm(Container container, AccountContainer account, DateTimeOffset since, CancellationToken stop)
    {
        var active = new List<Tenant>();
        foreach (var range in await account.GetFeedRangesAsync(stop))
        {
            var from = container == Container.Players ? ChangeFeedStartFrom.Time(since.UtcDateTime, range) : ChangeFeedStartFrom.Now(range);
            using var changes = account.GetChangeFeedStreamIterator(from, ChangeFeedMode.LatestVersion, new() { PageSizeHint = 100 });
            using var response = await changes.ReadNextAsync(stop);
            CosmosCalls.Note(Partition.PlatformAccount, container, "changes", response.StatusCode, response.Headers.RequestCharge);
            if (container == Container.Players && response.StatusCode == HttpStatusCode.OK)
            {
                active.AddRange(CosmosItem.ReadPage(container, response.Content).Select(static item => new Tenant(item.Partition.AccountId, item.Partition.WorkspaceId!)));
            }
        }
        return active;
    }

    CosmosClientOptions Settings(string home, Func<HttpClient>? transport)
    {
        var settings = new CosmosClientOptions
        {
            ApplicationName = "AWorld",
            ConnectionMode = options.Gateway ? ConnectionMode.Gateway : ConnectionMode.Direct,
            // An emulator names addresses that only it can reach.
            LimitToEndpoint = options.Endpoint.IsLoopback && home.Length == 0,
            EnableContentResponseOnWrite = false,
            MaxRetryAttemptsOnRateLimitedRequests = options.RateLimitRetries,
            MaxRetryWaitTimeOnRateLimitedRequests = options.RateLimitWait,
            RequestTimeout = options.RequestTimeout,
            // A write that is sent to two regions at once would be checked against two states.
            AvailabilityStrategy = AvailabilityStrategy.DisabledStrategy(),
        };
        if (home.Length > 0)
        {
            settings.ApplicationPreferredRegions = [home, .. options.Regions.Where(region => region != home)];
        }
        if (transport is not null)
        {
            settings.HttpClientFactory = transport;
        }
        else if (options.Endpoint.IsLoopback)
        {
            // An emulator signs its certificate itself.
            settings.ServerCertificateCustomValidationCallback = static (_, _, _) => true;
        }
        return settings;
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }
}
