using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>What a rule's missions have come to so far, as a whole, by period, and as the events of its life.</summary>
static class RuleSummaries
{
    const string Path = "/dashboard/v1/mission-rules/{missionRuleId}";

    /// <param name="State">Derived from time, as the rule shows it.</param>
    /// <param name="OpenPeriods">Periods that have begun and are not settled.</param>
    sealed record Summary(string MissionRuleId, TimeframeState State, long Assigned, long Completed, IReadOnlyList<TallyAmount> Paid, IReadOnlyList<TallyAmount> Promised, IReadOnlyList<ShownOpenPeriod> OpenPeriods);

    sealed record ShownOpenPeriod(string PeriodId, DateTimeOffset StartsAt, DateTimeOffset? EndsAt);

    sealed record PeriodSummary(string PeriodId, long Assigned, long Completed, IReadOnlyList<TallyAmount> Paid, IReadOnlyList<TallyAmount> Promised);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet($"{Path}/summary", Get).Operation("missionRules/getSummary").Requires(Permission.ReadConfiguration).Produces<Summary>();
        routes.MapGet($"{Path}/periods", Periods).Operation("missionRules/listPeriods").Requires(Permission.ReadConfiguration).TakesPage().Produces<Page<PeriodSummary>>();
        routes.MapGet($"{Path}/events", Events).Operation("missionRules/listEvents").Requires(Permission.ReadConfiguration).TakesPage().Produces<Page<RuleEvent>>();
    }

    static async Task<IResult> Get(string missionRuleId, Caller caller, Snapshots snapshots, RuleDocuments documents, RuleTallies tallies, WorkspaceClocks clocks, CancellationToken stop)
    {
        if ((await snapshots.Get(caller.Tenant, stop)).FindAtAnyStage<MissionRule>(missionRuleId) is not { } rule)
        {
            return NotFound(missionRuleId);
        }
        await tallies.CatchUp(stop);
        var sum = await documents.Tally(caller.Tenant, missionRuleId, RuleDocuments.TotalId, stop);
        var life = (await documents.Life(caller.Tenant, missionRuleId, stop))?.Life;
        return Answer.Hashed(new Summary(missionRuleId, rule.Timeframe.StateAt(clocks.Now(caller.Tenant)), sum.Assigned, sum.Completed, sum.Paid, sum.Promised,
            [.. (life?.Open ?? []).Select(period => new ShownOpenPeriod(period.PeriodId, period.StartsAt, period.EndsAt))]));
    }

    static Task<IResult> Periods(string missionRuleId, HttpContext http, Caller caller, Snapshots snapshots, RuleDocuments documents, PageTokens pages) =>
        List<PeriodSummary>(missionRuleId, http, caller, snapshots, pages, async (request, stop) =>
        {
            var (items, more) = await documents.Tallies(caller.Tenant, missionRuleId, request, stop);
            return ([.. items.Select(one => new PeriodSummary(one.PeriodId, one.Tally.Assigned, one.Tally.Completed, one.Tally.Paid, one.Tally.Promised))], more ? items[^1].PeriodId : null);
        });

    static Task<IResult> Events(string missionRuleId, HttpContext http, Caller caller, Snapshots snapshots, RuleDocuments documents, PageTokens pages) =>
        List(missionRuleId, http, caller, snapshots, pages, async (request, stop) =>
        {
            var (items, more) = await documents.Events(caller.Tenant, missionRuleId, request, stop);
            return (items, more ? RuleDocuments.Position(items[^1]) : null);
        });

    static async Task<IResult> List<T>(string missionRuleId, HttpContext http, Caller caller, Snapshots snapshots, PageTokens pages, Func<PageRequest, CancellationToken, ValueTask<(IReadOnlyList<T> Items, string? Position)>> read)
    {
        var request = await pages.Read(http);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        if ((await snapshots.Get(caller.Tenant, http.RequestAborted)).FindAtAnyStage<MissionRule>(missionRuleId) is null)
        {
            return NotFound(missionRuleId);
        }
        var (items, position) = await read(request.Value, http.RequestAborted);
        return Answer.Ok(await pages.Page(http, items, position));
    }

    static Problem NotFound(string missionRuleId) => new(Error.NotFound("mission rule", missionRuleId));
}
