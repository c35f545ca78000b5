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
        if (Body.Encoded(http.Request) is { } encoded)
        {
            return new Problem(encoded);
        }
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
        var byUser = await ByUser(tenant, [.. read.Index().Where(static one => one.Item.Event.Succeeded).Select(static one => (one.Index, one.Item.Event.Value))], stop);
        await Parallel.ForEachAsync(byUser, new ParallelOptions { MaxDegreeOfParallelism = options.Value.UsersAtOnce, CancellationToken = stop }, async (ofUser, stop) =>
        {
            Error? busy = null;
            foreach (var (index, sent) in ofUser)
            {
                // What follows must not overtake what could not be handled.
                results[index] = busy is null ? await Take(tenant, sent, by with { RetryOf = retryOf?[index] }, stop) : new(sent.Id, sent.Source, null, null, null, busy);
                busy = results[index].Status is null ? results[index].Error : null;
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

    const string Nobody = "nobody";

    /// <summary>Events of a user, in their order, by whichever of their names: events connect names, and so does the workspace, which is asked only where no kind of name is in all of them.</summary>
    async ValueTask<IEnumerable<IEnumerable<(int Index, InboundEvent Sent)>>> ByUser(Tenant tenant, IReadOnlyList<(int Index, InboundEvent Sent)> read, CancellationToken stop)
    {
        var named = read.Select(static one => (Event: one, Names: InboundTypes.NamesOf(one.Sent) is [_, ..] names ? names : [new(Nobody, one.Sent.Key)])).ToList();
        var same = new Dictionary<HeldUser, HeldUser>();
        foreach (var (_, names) in named)
        {
            names.ForEach(name => Join(names[0], name));
        }
        if (!InboundTypes.Naming.Any(kind => named.TrueForAll(one => one.Names.Exists(name => name.Kind == kind))))
        {
            foreach (var some in named.SelectMany(static one => one.Names).Where(static name => name.Kind != Nobody).Distinct().Chunk(options.Value.UsersAtOnce))
            {
                var users = await Task.WhenAll(some.Select(name => events.UserOf(tenant, name, stop).AsTask()));
                foreach (var (name, userId) in some.Zip(users).Where(static one => one.Second is not null))
                {
                    Join(new("userId", userId!), name);
                }
            }
        }
        return named.GroupBy(one => First(one.Names[0]), static one => one.Event);

        HeldUser First(HeldUser name) => same.TryGetValue(name, out var other) ? First(other) : name;

        void Join(HeldUser one, HeldUser other)
        {
            if (First(one) is var first && First(other) is var second && first != second)
            {
                same[second] = first;
            }
        }
    }
}
