using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>Handles events of the log once more, after what kept them off was put right. One that was applied stays applied once.</summary>
sealed class ReplayEvents(InboundLog log, SendEvents send)
{
    const int MostEvents = 500;

    /// <param name="Status">REJECTED when there is none.</param>
    /// <param name="To">Exclusive; null: now.</param>
    /// <param name="After">The entry where the request before stopped.</param>
    sealed record Request(
        [property: System.ComponentModel.DataAnnotations.Required] DateTimeOffset? From, DateTimeOffset? To, InboundStatus? Status,
        [property: Text(InboundEvent.MostCharacters)] string? Source, [property: Text(InboundEvent.MostCharacters)] string? Type, [property: Text(100)] string? After) : IChecked
    {
        public void Check(Problems problems) => problems.When(After is { } entry && !InboundLog.IsId(entry), "after", "is no id of an entry of the log");
    }

    /// <param name="ContinueAfter">There may be more: ask for them with <c>after</c>; null: that was all.</param>
    sealed record Replayed(int Accepted, int Duplicates, int Held, int Rejected, int Failed, string? ContinueAfter);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost($"{ReadInboundLog.Path}/replay", static (Body<Request> body, Caller caller, ReplayEvents it, CancellationToken stop) => it.Range(caller, body.Value, stop))
            .Operation("inboundEvents/replayRange").Requires(Permission.ReplayInbound).Produces<Replayed>();
        routes.MapPost($"{ReadInboundLog.Path}/{{inboundEventId}}/replay", static (string inboundEventId, Caller caller, ReplayEvents it, CancellationToken stop) => it.One(caller, inboundEventId, stop))
            .Operation("inboundEvents/replay").Requires(Permission.ReplayInbound).Produces<InboundEntry>();
    }

    async Task<IResult> One(Caller caller, string inboundEventId, CancellationToken stop)
    {
        if (await log.Find(caller.Tenant, inboundEventId, stop) is not { } entry)
        {
            return new Problem(Error.NotFound("inbound event", inboundEventId));
        }
        if (entry.Event is null)
        {
            return new Problem(Error.InvalidOperation("its content is not kept: it was a duplicate, or its user was erased"));
        }
        var taken = (await Take(caller, [entry], stop))[0];
        return taken.InboundEventId is { } made ? Answer.Ok(await log.Find(caller.Tenant, made, stop)) : new Problem(taken.Error!);
    }

    async Task<IResult> Range(Caller caller, Request request, CancellationToken stop)
    {
        var filter = new InboundFilter((request.Status ?? InboundStatus.Rejected).ToString(), request.Source, request.Type, request.From, request.To);
        var (entries, next) = await log.Page(caller.Tenant, filter, descending: false, request.After, MostEvents, stop);
        // What a replay noted would be found by the next one, and so on for ever.
        var kept = entries.Where(static entry => entry is { Event: not null, RetryOf: null }).DistinctBy(static entry => (entry.Source, entry.Id)).ToList();
        var taken = await Take(caller, kept, stop);
        int Count(InboundStatus? status) => taken.Count(one => one.Status == status);
        return Answer.Ok(new Replayed(Count(InboundStatus.Accepted), Count(InboundStatus.Duplicate), Count(InboundStatus.Held), Count(InboundStatus.Rejected), Count(null), next));
    }

    Task<SendEvents.Taken[]> Take(Caller caller, IReadOnlyList<InboundEntry> entries, CancellationToken stop) => send.TakeAll(
        caller.Tenant, [.. entries.Select(static entry => new ReadEvent(entry.Event!, entry.Id, entry.Source))], new("replay", caller.ClientId, caller.UserId, caller.PrincipalId), stop,
        [.. entries.Select(static entry => entry.InboundEventId)]);
}
