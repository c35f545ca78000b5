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
            .TakesPage().Produces<Page<ActivityLogView>>();
        routes.MapGet("/app/v1/activity-logs/{activityLogId}", Get).Operation("activityLogs/get").Requires(Permission.ReadOwn).RequiresUser().Produces<ActivityLogView>();
    }

    static async Task<IResult> List(HttpContext http, Caller caller, Players players, PageTokens pages, IOptions<PlatformOptions> platform, CancellationToken stop)
    {
        var request = await pages.Read(http, descending: true);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var logs = new List<ActivityLogView>();
        var before = request.Value.Position is { } position ? long.Parse(position, CultureInfo.InvariantCulture) : (long?)null;
        for (var looked = 0; looked < MostEntries && logs.Count < request.Value.Limit;)
        {
            var page = await players.Journal(caller.Tenant, caller.User, before, request.Value.Limit, stop);
            foreach (var entry in page.Entries)
            {
                if (entry.Activity is not null && logs.Count < request.Value.Limit)
                {
                    logs.Add(ActivityLogView.Of(caller.Tenant, caller.User, entry, platform.Value.SourceRegion));
                    before = entry.Seq;
                }
            }
            looked += page.Entries.Count;
            if (logs.Count < request.Value.Limit)
            {
                before = page.Before;
            }
            if (before is null or 1)
            {
                before = null;
                break;
            }
        }
        return Answer.Ok(await pages.Page(http, logs, before?.ToString(CultureInfo.InvariantCulture)));
    }

    static async Task<IResult> Get(string activityLogId, Caller caller, Players players, IOptions<PlatformOptions> platform, CancellationToken stop) =>
        await players.ActivityEntry(caller.Tenant, caller.User, activityLogId, stop) is { } entry
            ? Answer.Ok(ActivityLogView.Of(caller.Tenant, caller.User, entry, platform.Value.SourceRegion))
            : new Problem(Error.NotFound("activity log", activityLogId));
}
