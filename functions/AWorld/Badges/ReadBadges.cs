using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Badges;

/// <summary>A user's badge as the API shows it.</summary>
public sealed record BadgeView(
    string BadgeConfigurationId, string UserId, long Count, DateTimeOffset FirstAssignedAt, DateTimeOffset LastAssignedAt, string DefaultLang, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public LabelTranslation? Translation { get; init; }
    public IReadOnlyList<BadgeLogView>? BadgeLogs { get; init; }
}

/// <summary>One award of a badge.</summary>
public sealed record BadgeLogView(
    string BadgeLogId, string BadgeConfigurationId, string UserId, BadgeSource SourceEntityType, string SourceEntityId, string RewardRuleId,
    DateTimeOffset AssignedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The badges that the user has, also those that can be earned no more.</summary>
sealed class ReadBadges(Players players, Snapshots snapshots, UserDirectory users, PageTokens pages)
{
    const string All = "/app/v1/badges";
    const string Translation = "translation", BadgeLogs = "badgeLogs";

    /// <summary>Entries that one badge's logs are read from, the newest first.</summary>
    const int MostEntries = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, (HttpContext http, Caller caller, ReadBadges read) => read.List(http, caller)).Operation("badges/list").Requires(Permission.ReadOwn).RequiresUser()
            .TakesPage(sorted: true).Takes(Parameter.Fields(Translation, BadgeLogs)).Produces<Page<BadgeView>>();
        routes.MapGet($"{All}/{{badgeConfigurationId}}", (string badgeConfigurationId, HttpContext http, Caller caller, ReadBadges read) => read.Get(badgeConfigurationId, http, caller))
            .Operation("badges/get").Requires(Permission.ReadOwn).RequiresUser().Takes(Parameter.Fields(Translation, BadgeLogs)).Produces<BadgeView>();
    }

    async Task<IResult> List(HttpContext http, Caller caller)
    {
        var request = await pages.Read(http, descending: true, sorts: "updatedAt");
        var fields = QueryParameters.AnyOf(http, "fields", Translation, BadgeLogs);
        if ((request.Error ?? fields.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var state = await players.Read(caller.Tenant, caller.User, http.RequestAborted);
        var page = await pages.Page(http, request.Value, state.Badges, static badge => $"{Instants.Text(badge.LastAssignedAt)}~{badge.BadgeConfigurationId}");
        var shown = await Task.WhenAll(page.Items.Select(badge => Show(caller, badge, fields.Value ?? [], http.RequestAborted)));
        return Answer.Ok(new Page<BadgeView>([.. shown.OfType<BadgeView>()], page.NextToken));
    }

    async Task<IResult> Get(string badgeConfigurationId, HttpContext http, Caller caller)
    {
        var fields = QueryParameters.AnyOf(http, "fields", Translation, BadgeLogs);
        if (fields.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var state = await players.Read(caller.Tenant, caller.User, http.RequestAborted);
        return state.Badge(badgeConfigurationId) is { } badge && await Show(caller, badge, fields.Value ?? [], http.RequestAborted) is { } shown
            ? Answer.Ok(shown)
            : new Problem(Error.NotFound("badge", badgeConfigurationId));
    }

    /// <summary>Null until this node knows the configuration.</summary>
    async Task<BadgeView?> Show(Caller caller, Badge badge, HashSet<string> fields, CancellationToken stop)
    {
        if ((await snapshots.Get(caller.Tenant, stop)).FindAtAnyStage<BadgeConfiguration>(badge.BadgeConfigurationId) is not { } configuration)
        {
            return null;
        }
        return new(badge.BadgeConfigurationId, caller.User, badge.Count, badge.FirstAssignedAt, badge.LastAssignedAt, configuration.DefaultLang, badge.FirstAssignedAt, badge.LastAssignedAt)
        {
            Translation = fields.Contains(Translation) ? configuration.Translations.Choose((await users.Find(caller.Tenant, caller.User, stop))?.Lang, configuration.DefaultLang) : null,
            BadgeLogs = fields.Contains(BadgeLogs) ? await Logs(caller, badge, stop) : null,
        };
    }

    /// <summary>What was awarded and not taken back, the newest first.</summary>
    async Task<IReadOnlyList<BadgeLogView>> Logs(Caller caller, Badge badge, CancellationToken stop)
    {
        var logs = new List<BadgeLogView>();
        var gone = new HashSet<string>(StringComparer.Ordinal);
        var seq = badge.LastSeq;
        for (var read = 0; read < MostEntries && seq > 0 && await players.Journal.Entry(caller.Tenant, caller.User, seq, stop) is { } entry; read++)
        {
            gone.UnionWith(entry.Retracted?.Badges.SelectMany(static taken => taken.BadgeLogIds) ?? []);
            logs.AddRange(from log in entry.Badges.Reverse()
                          where log.BadgeConfigurationId == badge.BadgeConfigurationId && !gone.Contains(log.BadgeLogId)
                          select new BadgeLogView(log.BadgeLogId, log.BadgeConfigurationId, caller.User, log.SourceEntityType, log.SourceEntityId, log.RewardRuleId, entry.At, entry.At, entry.At));
            seq = RevokedBadges.Before(entry, badge.BadgeConfigurationId).FirstOrDefault();
        }
        return logs;
    }
}
