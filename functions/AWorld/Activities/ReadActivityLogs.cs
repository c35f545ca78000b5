using System.Globalization;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Activities;

/// <summary>The user's own activity logs, newest first, or one of them.</summary>
static class ReadActivityLogs
{
    /// <summary>Journal entries looked through for one page; a page may hold fewer logs than asked for, even none.</summary>
    const int MostEntries = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/app/v1/activity-logs", List).Operation("activityLogs/list").Requires(Permission.ReadOwn).RequiresUser()
            .TakesPage(sorted: true).Produces<Page<ActivityLogView>>();
        routes.MapGet("/app/v1/activity-logs/{activityLogId}", Get).Operation("activityLogs/get").Requires(Permission.ReadOwn).RequiresUser().Produces<ActivityLogView>();
    }

    static async Task<IResult> List(HttpContext http, Caller caller, Players players, Retractions retractions, PageTokens pages, IOptions<PlatformOptions> platform, CancellationToken stop)
    {
        var request = await pages.Read(http, descending: true, sorts: "updatedAt");
        var fields = QueryParameters.AnyOf(http, "fields", []);
        if ((request.Error ?? fields.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var (limit, descending, position) = request.Value;
        var logs = new List<ActivityLogView>();
        // The entry to go on with.
        long? next = position is null ? descending ? long.MaxValue : 0 : long.Parse(position, CultureInfo.InvariantCulture);
        for (var looked = 0; looked < MostEntries && logs.Count < limit && next is { } from;)
        {
            var entries = await players.Journal.Entries(caller.Tenant, caller.User, from, descending, limit, stop);
            var retracted = await retractions.Of(caller.Tenant, caller.User, entries, stop);
            next = entries.Count < limit ? null : entries[^1].Seq + (descending ? -1 : 1);
            foreach (var entry in entries.Where(entry => entry.Activity is not null))
            {
                if (logs.Count == limit)
                {
                    next = entry.Seq;
                    break;
                }
                logs.Add(Show(caller, entry, platform, retracted.TryGetValue(entry.Seq, out var at) ? at : null));
            }
            looked += entries.Count;
        }
        return Answer.Ok(await pages.Page(http, logs, next is null or 0 ? null : next.Value.ToString(CultureInfo.InvariantCulture)));
    }

    static async Task<IResult> Get(string activityLogId, Caller caller, Players players, Retractions retractions, IOptions<PlatformOptions> platform, CancellationToken stop) =>
        await players.Journal.ActionEntry(caller.Tenant, caller.User, activityLogId, stop) is { Activity: not null } entry
            ? Answer.Ok(Show(caller, entry, platform, (await retractions.Of(caller.Tenant, caller.User, entry.Seq, stop))?.At))
            : new Problem(Error.NotFound("activity log", activityLogId));

    static ActivityLogView Show(Caller caller, JournalEntry entry, IOptions<PlatformOptions> platform, DateTimeOffset? retractedAt) =>
        ActivityLogView.Of(caller.Tenant, caller.User, entry, platform.Value.SourceRegion) with { RetractedAt = retractedAt };
}
