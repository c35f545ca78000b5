using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>The inbound log of a workspace.</summary>
static class ReadInboundLog
{
    public const string Path = "/dashboard/v1/inbound-events";

    public static readonly Parameter[] Filters =
    [
        new("status", "What became of them; RETRIED: those that were tried again", OneOf: InboundFilter.Statuses), new("source", "Of this source"), new("type", "Of this type"),
        new("from", "Handled from then on"), new("to", "Handled before"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List).Operation("inboundEvents/list").Requires(Permission.ReadInbound).TakesPage().Takes(Filters).Produces<Page<InboundEntry>>();
        routes.MapGet($"{Path}/{{inboundEventId}}", Get).Operation("inboundEvents/get").Requires(Permission.ReadInbound).Produces<InboundEntry>();
    }

    static async Task<IResult> List(HttpContext http, Caller caller, InboundLog log, PageTokens pages, CancellationToken stop)
    {
        var request = await pages.Read(http, descending: true);
        var filter = Filter(http);
        if ((request.Error ?? filter.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var (entries, next) = await log.Page(caller.Tenant, filter.Value, request.Value.Descending, request.Value.Position, request.Value.Limit, stop);
        return Answer.Ok(await pages.Page(http, [.. entries.Select(static entry => entry with { Data = null })], next));
    }

    static async Task<IResult> Get(string inboundEventId, Caller caller, InboundLog log, CancellationToken stop) =>
        await log.Find(caller.Tenant, inboundEventId, stop) is { } entry ? Answer.Ok(entry) : new Problem(Error.NotFound("inbound event", inboundEventId));

    static Result<InboundFilter> Filter(HttpContext http)
    {
        var status = QueryParameters.OneOf(http, "status", InboundFilter.Statuses);
        var (source, type) = (QueryParameters.Text(http, "source"), QueryParameters.Text(http, "type"));
        var (from, to) = (Instant(http, "from"), Instant(http, "to"));
        return (status.Error ?? source.Error ?? type.Error ?? from.Error ?? to.Error) is { } wrong ? wrong : new InboundFilter(status.Value, source.Value, type.Value, from.Value, to.Value);
    }

    static Result<DateTimeOffset?> Instant(HttpContext http, string name)
    {
        var text = QueryParameters.Text(http, name);
        return text.Error is { } wrong ? wrong
            : text.Value is null ? (DateTimeOffset?)null
            : Instants.TryParse(text.Value, out var instant) ? instant : Error.Invalid(name, "must be a date and time with an offset, such as 2026-03-29T10:00:00Z");
    }
}
