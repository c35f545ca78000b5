using System.Globalization;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Audit;

/// <summary>A workspace's audit log of a day, or an account's own, newest first.</summary>
static class AuditLogs
{
    /// <summary>Links looked through for one page; a filter that matches little gives short pages, not slow ones.</summary>
    const int MostLinks = 200, LinksAtOnce = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Parameter[] filters =
        [
            new("day", "The UTC day, such as 2026-03-10; today when absent."), new("operation", "Such as dashboard/users/create."),
            new("actor", "The id of a principal, a user or a client."), new("limit", "Records, up to 100.", Type: "integer"), new("nextToken", "From the page before."),
        ];
        routes.MapGet("/dashboard/v1/audit-logs", (HttpContext http, Caller caller, AuditTrail trail, IDocumentStore store, PageTokens pages, TimeProvider clock) =>
                List(http, caller.Tenant, trail, store, pages, clock))
            .Operation("auditLogs/list").Requires(Permission.ReadAudit).Takes(filters).Produces<Page<AuditRecord>>();
        routes.MapGet("/portal/v1/accounts/{accountId}/audit-logs", (string accountId, HttpContext http, AuditTrail trail, IDocumentStore store, PageTokens pages, TimeProvider clock) =>
                List(http, new(accountId, ""), trail, store, pages, clock))
            .Operation("auditLogs/list").Requires(Permission.ReadAccountAudit).Takes(filters).Produces<Page<AuditRecord>>();
    }

    static async Task<IResult> List(HttpContext http, Tenant tenant, AuditTrail trail, IDocumentStore store, PageTokens pages, TimeProvider clock)
    {
        var (day, operation, actor) = (Day(http, clock), QueryParameters.Text(http, "operation"), QueryParameters.Text(http, "actor"));
        var request = await pages.Read(http, descending: true);
        if ((day.Error ?? operation.Error ?? actor.Error ?? request.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var (partition, stop) = (AuditChain.Of(tenant, day.Value), http.RequestAborted);
        await trail.Flush(partition);
        var (before, index) = Parse(request.Value.Position);
        var items = new List<AuditRecord>();
        for (var looked = 0; looked < MostLinks; looked += LinksAtOnce)
        {
            var page = await store.Query(partition, new(To: before is { } seq ? AuditChain.Id(seq + 1) : null, Descending: true, Limit: LinksAtOnce), stop);
            foreach (var link in page.Items.Select(document => Json.Read<AuditLink>(document.Body)))
            {
                for (var at = Math.Min(link.Seq == before ? index : int.MaxValue, link.Records.Count - 1); at >= 0; at--)
                {
                    var record = link.Records[at];
                    if (operation.Value is { } asked && record.Operation != asked || actor.Value is { } who && !record.Concerns(who))
                    {
                        continue;
                    }
                    if (items.Count == request.Value.Limit)
                    {
                        return Answer.Ok(await pages.Page(http, items, Position(link.Seq, at)));
                    }
                    items.Add(record);
                }
                (before, index) = (link.Seq - 1, int.MaxValue);
            }
            if (page.Continuation is null || before <= 0)
            {
                return Answer.Ok(await pages.Page(http, items, null));
            }
        }
        return Answer.Ok(await pages.Page(http, items, Position(before!.Value, int.MaxValue)));
    }

    static Result<DateOnly> Day(HttpContext http, TimeProvider clock)
    {
        var text = QueryParameters.Text(http, "day");
        return text.Error is { } error ? error
            : text.Value is not { } given ? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)
            : DateOnly.TryParseExact(given, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : Error.Invalid("day", "must be a date, such as 2026-03-10");
    }

    static string Position(long seq, int index) => string.Create(CultureInfo.InvariantCulture, $"{seq}:{index}");

    static (long? Seq, int Index) Parse(string? position) => position?.Split(':') is [var seq, var index]
        ? (long.Parse(seq, CultureInfo.InvariantCulture), int.Parse(index, CultureInfo.InvariantCulture))
        : (null, int.MaxValue);
}
