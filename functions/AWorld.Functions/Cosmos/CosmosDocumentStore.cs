using AWorld.Platform;
using Microsoft.Azure.Cosmos;
using Container = AWorld.Platform.Container;

namespace AWorld.Functions.Cosmos;

/// <summary>The store of the Azure host: Cosmos DB with hierarchical partition keys and session consistency.</summary>
/// <param name="sessions">Null: a read sees what this instance wrote, and what others wrote a little later.</param>
sealed class CosmosDocumentStore(CosmosClients clients, CosmosOptions options, TimeProvider clock, ISessionTokens? sessions = null) : IDocumentStore
{
    // A page ends when it holds this many bytes, as Cosmos's own do.
    const int PageBytes = 4 * 1024 * 1024;

    readonly CosmosCalls calls = new(options, clock);

    public async ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop) =>
        await Find(partition, id, stop) is { Document: var document } && IsLive(document) ? document : null;

    async Task<CosmosItem?> Find(Partition partition, string id, CancellationToken stop)
    {
        var request = new ItemRequestOptions { SessionToken = await Session(partition) };
        using var response = await calls.Read(partition.AccountId, partition.Container, "read", () => clients.Of(partition).ReadItemStreamAsync(CosmosIds.Encode(id), CosmosContainers.Key(partition), request, stop), stop);
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
        response.EnsureSuccessStatusCode();
        return CosmosItem.Read(partition.Container, response.Content);
    }

    public async ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, StoreLimits.PageItems, nameof(query));
        var request = new QueryRequestOptions
        {
            PartitionKey = CosmosContainers.Key(partition),
            MaxItemCount = query.Limit + 1,
            SessionToken = await Session(partition),
            // Straight to the partition, without a round trip for a plan.
            EnableOptimisticDirectExecution = true,
        };
        var documents = new List<Document>(Math.Min(query.Limit, 64));
        var bytes = 0;
        using var pages = clients.Of(partition).GetItemQueryStreamIterator(Range(query), requestOptions: request);
        while (pages.HasMoreResults)
        {
            using var response = await calls.Read(partition.AccountId, partition.Container, "query", () => pages.ReadNextAsync(stop), stop);
            response.EnsureSuccessStatusCode();
            foreach (var (_, document, _) in CosmosItem.ReadPage(partition.Container, response.Content))
            {
                if (!IsLive(document))
                {
                    continue;
                }
                if (documents.Count == query.Limit || bytes >= PageBytes)
                {
                    return new(documents, documents[^1].Id);
                }
                documents.Add(document);
                bytes += document.Body.Length;
            }
        }
        return new(documents, null);
    }

    static QueryDefinition Range(DocumentQuery query)
    {
        var (from, to) = query.Descending ? (query.From, query.Continuation ?? query.To) : (query.Continuation is { } last ? last + '\0' : query.From, query.To);
        var where = (from, to) switch
        {
            (null, null) => "",
            (_, null) => "WHERE c.id >= @from ",
            (null, _) => "WHERE c.id < @to ",
            _ => "WHERE c.id >= @from AND c.id < @to ",
        };
        var definition = new QueryDefinition($"SELECT * FROM c {where}ORDER BY c.id {(query.Descending ? "DESC" : "ASC")}");
        definition = from is null ? definition : definition.WithParameter("@from", CosmosIds.Encode(from));
        return to is null ? definition : definition.WithParameter("@to", CosmosIds.Encode(to));
    }

    public async ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop)
    {
        // Once sent a batch may be applied, so from there on the caller waits for the outcome.
        stop.ThrowIfCancellationRequested();
        if (StoreLimits.Refusal(writes, out var bytes) is { } refused)
        {
            return refused;
        }
        for (var i = 0; i < writes.Count; i++)
        {
            if (!CosmosIds.Fits(CosmosIds.Encode(writes[i].Id)))
            {
                return new(CommitStatus.TooLarge, [], i);
            }
        }
        calls.Admit(partition.AccountId);
        return writes.Count == 0 ? new(CommitStatus.Committed, [], -1) : await Telemetry.Measure(() => Send(partition, writes), writes.Count, bytes);
    }

    /// <summary>
    /// Sends a batch until it is answered. When an answer was lost, the next try tells: it is refused by what the one
    /// before wrote, which bears the mark of this commit. The SDK tries by itself, too, when a region is lost, so the
    /// first refusal may be such a one.
    /// </summary>
    async Task<CommitResult> Send(Partition partition, IReadOnlyList<Write> writes)
    {
        var by = new Ids().New();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await Batch(partition, writes, by).ExecuteAsync();
                calls.Charge(partition.AccountId, partition.Container, "commit", response.StatusCode, response.RequestCharge);
                switch (CosmosCalls.Judge(response.StatusCode, response.Headers))
                {
                    case Outcome.Busy when attempt == 1:
                        throw CosmosCalls.Busy(response.RetryAfter ?? TimeSpan.Zero);
                    case Outcome.Answered:
                        var result = Result(response);
                        if (sessions is not null && response.Headers.Session is { } token)
                        {
                            await sessions.Keep(partition, token);
                        }
                        return result.Committed ? result : await Ours(partition, writes, by) ?? result;
                    case var _ when attempt == options.Attempts:
                        throw new CosmosException(response.ErrorMessage, response.StatusCode, 0, response.ActivityId, response.RequestCharge);
                    default:
                        break;
                }
            }
            catch (Exception failure) when (attempt < options.Attempts && CosmosCalls.IsLost(failure, CancellationToken.None))
            {
                System.Diagnostics.Activity.Current?.AddException(failure);
            }
            await calls.Pause(attempt, CancellationToken.None);
        }
    }

    TransactionalBatch Batch(Partition partition, IReadOnlyList<Write> writes, string by)
    {
        var batch = clients.Of(partition).CreateTransactionalBatch(CosmosContainers.Key(partition));
        var now = clock.GetUtcNow();
        foreach (var write in writes)
        {
            var id = CosmosIds.Encode(write.Id);
            var ifMatch = write.IfMatch is { } etag ? new TransactionalBatchItemRequestOptions { IfMatchEtag = etag } : null;
            batch = write.Kind switch
            {
                WriteKind.Create => batch.CreateItemStream(CosmosItem.Write(partition, write, by, now)),
                WriteKind.Upsert => batch.UpsertItemStream(CosmosItem.Write(partition, write, by, now), ifMatch),
                WriteKind.Replace => batch.ReplaceItemStream(id, CosmosItem.Write(partition, write, by, now), ifMatch),
                _ => batch.DeleteItem(id, ifMatch),
            };
        }
        return batch;
    }

    static CommitResult Result(TransactionalBatchResponse response)
    {
        if (response.IsSuccessStatusCode)
        {
            return new(CommitStatus.Committed, [.. response.Select(static write => write.StatusCode == System.Net.HttpStatusCode.NoContent ? "" : write.ETag)], -1);
        }
        // The others of the batch answer 424: they depended on this one.
        var failed = response.TakeWhile(static write => (int)write.StatusCode is < 400 or 424).Count();
        return (int)response.StatusCode is 404 or 409 or 412 or 413
            ? new((CommitStatus)(int)response.StatusCode, [], failed == response.Count ? 0 : failed)
            : throw new CosmosException(response.ErrorMessage, response.StatusCode, 0, response.ActivityId, response.RequestCharge);
    }

    /// <summary>What the commit came to when its documents are there after all; null: they are not, or not all are its own.</summary>
    async Task<CommitResult?> Ours(Partition partition, IReadOnlyList<Write> writes, string by)
    {
        var etags = new string[writes.Count];
        for (var i = 0; i < writes.Count; i++)
        {
            var item = await Find(partition, writes[i].Id, CancellationToken.None);
            if (writes[i].Kind == WriteKind.Delete ? item is not null : item?.By != by)
            {
                return null;
            }
            etags[i] = item?.Document.ETag ?? "";
        }
        return writes.All(static write => write.Kind == WriteKind.Delete) ? null : new(CommitStatus.Committed, etags, -1);
    }

    public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageItems);
        return new(new CosmosChanges(calls, clients.Of(container), container, prefixes, IsLive).Read(ChangeCursor.Parse(cursor), limit, stop));
    }

    bool IsLive(Document document) => !(document.ExpiresAt <= clock.GetUtcNow());

    ValueTask<string?> Session(Partition partition) => sessions?.Find(partition) ?? new((string?)null);
}
