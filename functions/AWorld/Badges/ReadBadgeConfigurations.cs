using AWorld.Authorization;
using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Badges;

/// <summary>The published badges as the App shows them, in the user's language, with what the user has of them.</summary>
static class ReadBadgeConfigurations
{
    const string All = "/app/v1/badge-configurations", One = $"{All}/{{badgeConfigurationId}}", Listing = "badgeConfigurations/list";
    const string Progress = "progress", Badge = "badge", Translation = "translation", Tags = "tags";

    /// <summary>Missions that have ended, looked through for the progress of the last period.</summary>
    static readonly PageRequest Ended = new(50, Descending: true, null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, List).Operation(Listing).Requires(Permission.ReadOwn).RequiresUser()
            .TakesPage(sorted: true).Takes(Parameter.Fields(Progress, Badge, Translation, Tags)).Produces<Page<BadgeConfigurationView>>();
        routes.MapGet($"{One}/translation", Translate).Operation("badgeConfigurations/getTranslation").Requires(Permission.ReadOwn).RequiresUser().Produces<BadgeText>();
        var snapshots = routes.ServiceProvider.GetRequiredService<Snapshots>();
        routes.MapTags(new(One, "badgeConfigurations", EntityType.BadgeConfiguration, TagStyle.Plain, Permission.ReadOwn, Permission.ReadOwn,
            async (http, id) => (await snapshots.Get(Caller.Of(http).Tenant, http.RequestAborted)).Find<BadgeConfiguration>(id)?.Tags));
    }

    static async Task<IResult> List(HttpContext http, Caller caller, Snapshots snapshots, UserDirectory users, Players players, OpenMissions missions, PageTokens pages, CancellationToken stop)
    {
        var request = await pages.Read(http, sorts: "updatedAt");
        var fields = QueryParameters.AnyOf(http, "fields", Progress, Badge, Translation, Tags);
        if ((request.Error ?? fields.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        if (await users.Find(caller.Tenant, caller.User, stop) is not { } user)
        {
            return new Problem(Error.NotFound("user", caller.User));
        }
        var page = await pages.Page(http, request.Value, (await snapshots.Get(caller.Tenant, stop)).Published<BadgeConfiguration>(), static badge => $"{Instants.Text(badge.UpdatedAt)}~{badge.Id}");
        var asked = fields.Value ?? [];
        var seen = asked.Contains(Progress) && page.Items.Any(static badge => badge.ProgressSourceEntityType == EntityType.MissionConfiguration)
            ? await missions.Of(caller.Tenant, user, Actors.Of(caller, Listing), Ended, stop)
            : new List<MissionView>();
        if (seen.Error is { } refused)
        {
            return new Problem(refused);
        }
        var state = asked.Contains(Badge) ? await players.Read(caller.Tenant, caller.User, stop) : PlayerState.Empty;
        return Answer.Hashed(new Page<BadgeConfigurationView>([.. page.Items.Select(badge => BadgeConfigurationView.Of(badge) with
        {
            Progress = BadgeProgress.Of(badge, seen.Value),
            Badge = state.Badge(badge.Id) is { } held ? new(held.Count, held.FirstAssignedAt, held.LastAssignedAt) : null,
            Translation = asked.Contains(Translation) ? BadgeText.Of(badge, user.Lang) : null,
            Tags = asked.Contains(Tags) ? badge.Tags : null,
        })], page.NextToken));
    }

    static async Task<IResult> Translate(string badgeConfigurationId, Caller caller, Snapshots snapshots, UserDirectory users, CancellationToken stop) =>
        (await snapshots.Get(caller.Tenant, stop)).Find<BadgeConfiguration>(badgeConfigurationId) is { } badge
            ? Answer.Hashed(BadgeText.Of(badge, (await users.Find(caller.Tenant, caller.User, stop))?.Lang))
            : new Problem(Error.NotFound("badge configuration", badgeConfigurationId));
}
