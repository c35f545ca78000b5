using System.Security.Cryptography;
using System.Text.Json;
using AWorld.Authorization;

namespace AWorld.Platform;

/// <summary>The writes of one operation to one partition.</summary>
public sealed class Batch
{
    readonly List<Write> writes = [];

    public IReadOnlyList<Write> Writes => writes;

    public void Create<T>(string id, T value, DateTimeOffset? expiresAt = null) => writes.Add(Write.Create(id, Json.Bytes(value), expiresAt));
    public void Replace<T>(string id, T value, string ifMatch) => writes.Add(Write.Replace(id, Json.Bytes(value), ifMatch));
    public void Upsert<T>(string id, T value, DateTimeOffset? expiresAt = null) => writes.Add(Write.Upsert(id, Json.Bytes(value), expiresAt));
    public void Delete(string id, string? ifMatch = null) => writes.Add(Write.Delete(id, ifMatch));
    public void Add(Write write) => writes.Add(write);
}

/// <summary>An <c>x-idempotency-key</c>, scoped to the caller: the id of its record and what the request was.</summary>
/// <param name="RecordId">In the partition that the operation writes.</param>
/// <param name="RequestHash">Over method, path and body.</param>
public sealed record Idempotency(string Key, string RecordId, string RequestHash)
{
    public const string Header = "x-idempotency-key";
    public const string HitHeader = "x-idempotency-cache-hit";
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    sealed record Stored(string RequestHash, int Status, JsonElement? Body, string? ETag);

    /// <summary>The request's key, null when it has none; a malformed one is an error.</summary>
    public static Result<Idempotency?> Of(HttpContext http)
    {
        var header = http.Request.Headers[Header];
        if (header.Count == 0)
        {
            return (Idempotency?)null;
        }
        var key = header.ToString();
        if (key.Length is 0 or > 255)
        {
            return Error.Invalid(Header, "must be 1 to 255 characters");
        }
        http.Response.Headers[Header] = key;
        var caller = http.Features.Get<Caller>();
        var who = caller?.UserId ?? caller?.ClientId ?? caller?.PrincipalId ?? "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path}\n"));
        if (http.Features.Get<RawBody>() is { } body)
        {
            hash.AppendData(body.Bytes.Span);
        }
        return new Idempotency(key, $"idempotency:{Ids.Derive(caller?.Tenant.ToString() ?? "", who, key)}", Convert.ToBase64String(hash.GetHashAndReset()));
    }

    /// <summary>The answer to give again, null when the key is new, a 409 when it came with another request.</summary>
    public async ValueTask<Result<Answer?>> Find(IDocumentStore store, Partition partition, CancellationToken stop)
    {
        if (await store.Read(partition, RecordId, stop) is not { } document)
        {
            return (Answer?)null;
        }
        var stored = Json.Read<Stored>(document.Body);
        return stored.RequestHash == RequestHash
            ? new Answer(stored.Status, stored.Body is { } body ? Json.Bytes(body) : default, stored.ETag) { Replayed = true }
            : Error.Conflict($"{Header} was used for another request; use a new key for a new request");
    }

    /// <summary>The record to commit in the same batch as the operation's writes.</summary>
    public Write Record(Answer answer, DateTimeOffset now) =>
        Write.Create(RecordId, Json.Bytes(new Stored(RequestHash, answer.Status, answer.Json.IsEmpty ? null : JsonElement.Parse(answer.Json.Span), answer.ETag)), now + Kept);
}

/// <summary>
/// Load, decide, save: runs a decision against one partition and commits its batch together with the idempotency
/// record. A concurrent change makes it load and decide again, so a decision must read all it depends on.
/// </summary>
public sealed class Mutations(IDocumentStore store, TimeProvider clock)
{
    const int Attempts = 32;

    /// <param name="http">Gives the idempotency key and the caller's cancellation.</param>
    /// <param name="decide">Fills the batch and returns what to answer; called again after a conflict.</param>
    public async ValueTask<IResult> Run(HttpContext http, Partition partition, Func<Batch, CancellationToken, ValueTask<Result<Answer>>> decide)
    {
        var stop = http.RequestAborted;
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        for (var attempt = 1; ; attempt++)
        {
            if (key.Value is { } sent)
            {
                var found = await sent.Find(store, partition, stop);
                if (found.Error is { } reused)
                {
                    return new Problem(reused);
                }
                if (found.Value is { } replay)
                {
                    return replay;
                }
            }
            var batch = new Batch();
            var decision = await decide(batch, stop);
            if (decision.Error is { } refused)
            {
                // The same request may have gone through since the key was looked up, and be what this one ran into.
                return key.Value is { } asked && (await asked.Find(store, partition, stop)) is { Succeeded: true, Value: { } given } ? given : new Problem(refused);
            }
            var answer = decision.Value;
            if (batch.Writes.Count == 0)
            {
                return answer;
            }
            IReadOnlyList<Write> writes = key.Value is { } recorded ? [.. batch.Writes, recorded.Record(answer, clock.GetUtcNow())] : batch.Writes;
            var commit = await store.Commit(partition, writes, stop);
            if (commit.Committed)
            {
                return answer;
            }
            if (commit.Status == CommitStatus.TooLarge)
            {
                return new Problem(new Error(413, "validation/invalid_input", "the change exceeds what one commit can hold"));
            }
            if (attempt == Attempts)
            {
                return new Problem(Error.Conflict("others keep changing it; try again"));
            }
        }
    }
}
