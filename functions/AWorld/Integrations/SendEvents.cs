using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>Takes events over HTTP: one, or a batch of which each is answered by itself. Those of a user are applied in their order.</summary>
sealed class SendEvents(InboundEvents events, IOptions<InboundOptions> options)
{
    public const string Path = "/integrations/v1/events";
    public const int MostEvents = 500;

    internal sealed record ItemError(string Code, string Message, IReadOnlyList<FieldError>? Details);

    /// <param name="Status">Null: it could not be handled now and is to be sent again.</param>
    /// <param name="InboundEventId">Its entry in the inbound log.</param>
    /// <param name="Overtaken">What it says though an event of a later time had spoken of it, and so did not do.</param>
    internal sealed record EventResult(string? Id, string? Source, InboundStatus? Status, string? UserId, string? InboundEventId, ItemError? Error, IReadOnlyList<string>? Overtaken)
    {
        public static EventResult Of(Taken taken) =>
            new(taken.Id, taken.Source, taken.Status, taken.UserId, taken.InboundEventId, taken.Error is { } error ? new(error.Code, error.Message, error.Details) : null, taken.Overtaken);
    }

    sealed record EventResults(IReadOnlyList<EventResult> Items);

    /// <summary>For OpenAPI: the structured mode.</summary>
    sealed record CloudEvent(
        [property: Text(8)] string Specversion, [property: Text(InboundEvent.MostCharacters)] string Id, [property: Text(InboundEvent.MostCharacters)] string Source,
        [property: Text(InboundEvent.MostCharacters)] string Type, DateTimeOffset? Time, [property: Text(InboundEvent.MostCharacters)] string? Subject, JsonElement Data);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(Path, static (HttpContext http, Caller caller, SendEvents it, CancellationToken stop) => it.Send(http, caller, stop))
        .Operation("events/send")
        .Requires(Permission.SendEvents)
        .Reads(typeof(CloudEvent))
        .Produces<EventResults>();

    async Task<IResult> Send(HttpContext http, Caller caller, CancellationToken stop)
    {
        if (await Body.ReadAll(http, Body.LimitBytes) is not { } body)
        {
            return new Problem(await Body.TooLarge(http));
        }
        var read = CloudEvents.Read(http.Request.ContentType, body, CloudEvents.HeadersOf(http.Request));
        if (read.Error is { } unreadable)
        {
            return new Problem(unreadable);
        }
        var results = await TakeAll(caller.Tenant, read.Value, new("http", caller.ClientId, caller.UserId, caller.PrincipalId), stop);
        return results is [{ Error: { } refused }] && !IsBatch(http, body)
            ? new Problem(refused)
            : Answer.Ok(new EventResults([.. results.Select(EventResult.Of)]));
    }

    static bool IsBatch(HttpContext http, ReadOnlyMemory<byte> body) =>
        http.Request.ContentType?.StartsWith(CloudEvents.BatchType, StringComparison.OrdinalIgnoreCase) == true || body.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>What became of one of several events.</summary>
    public sealed record Taken(string? Id, string? Source, InboundStatus? Status, string? UserId, string? InboundEventId, Error? Error, IReadOnlyList<string>? Overtaken = null);

    /// <summary>Handles events: users side by side, those of a user in order.</summary>
    public async Task<Taken[]> TakeAll(Tenant tenant, IReadOnlyList<ReadEvent> read, Sender by, CancellationToken stop, IReadOnlyList<string>? retryOf = null)
    {
        var results = new Taken[read.Count];
        var unreadable = read.Index().Where(static one => one.Item.Event.Error is not null).Select(async one =>
            results[one.Index] = new(one.Item.Id, one.Item.Source, InboundStatus.Rejected, null, await events.NoteUnreadable(tenant, one.Item.Id, one.Item.Source, one.Item.Event.Error!, by), one.Item.Event.Error));
        await Task.WhenAll(unreadable);
        var byUser = read.Index().Where(static one => one.Item.Event.Succeeded).GroupBy(static one => UserOf(one.Item.Event.Value), StringComparer.Ordinal);
        await Parallel.ForEachAsync(byUser, new ParallelOptions { MaxDegreeOfParallelism = options.Value.UsersAtOnce, CancellationToken = stop }, async (ofUser, stop) =>
        {
            foreach (var (index, one) in ofUser)
            {
                results[index] = await Take(tenant, one.Event.Value, by with { RetryOf = retryOf?[index] }, stop);
                if (results[index].Status is null)
                {
                    // What follows must not overtake it.
                    foreach (var (later, other) in ofUser.SkipWhile(before => before.Index <= index))
                    {
                        results[later] = new(other.Id, other.Source, null, null, null, results[index].Error);
                    }
                    return;
                }
            }
        });
        return results;
    }

    async ValueTask<Taken> Take(Tenant tenant, InboundEvent sent, Sender by, CancellationToken stop)
    {
        try
        {
            var (result, entry) = await events.Take(tenant, sent, by, stop);
            return new(sent.Id, sent.Source, result.Status, result.UserId, entry, result.Status == InboundStatus.Rejected ? result.Error : null, result.Overtaken);
        }
        catch (StoreBusyException busy)
        {
            return new(sent.Id, sent.Source, null, null, null, Error.Busy(busy.RetryAfter));
        }
    }

    /// <summary>Whom an event seems to be about; those about nobody are a line of their own.</summary>
    static string UserOf(InboundEvent sent)
    {
        foreach (var name in (string[])["userId", "externalId", "email"])
        {
            if (sent.Data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                return $"{name} {value.GetRawText()}";
            }
        }
        return sent.Key;
    }
}
