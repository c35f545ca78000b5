using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Missions;

/// <summary>The missions a user sees when they look: all they ever had.</summary>
sealed class OpenMissions(Players players, GroupMissions groups, Snapshots snapshots, IOptions<GameOptions> options, WorkspaceClocks clocks)
{
    /// <summary>As many of the user's and their groups' as the page may need, those that looking brings included.</summary>
    public async ValueTask<Result<IReadOnlyList<MissionView>>> Of(Tenant tenant, UserProfile user, Actor by, PageRequest page, CancellationToken stop)
    {
        var game = GameConfiguration.Of(await snapshots.Get(tenant, stop));
        var subject = Subject.Of(user);
        JournalEntry Entry(PlayerState state) => Engine.Look(game, subject, state, by, clocks.Now(tenant), options.Value);
        var own = await players.Read(tenant, user.UserId, stop);
        if (!Entry(own).IsEmpty())
        {
            var looked = await players.Change(tenant, user.UserId, new Step(state => new Decision(Answer.NoContent, Entry(state))), stop);
            if (looked.Error is { } refused)
            {
                return refused;
            }
            own = await players.Read(tenant, user.UserId, stop);
        }
        var now = clocks.Now(tenant);
        var views = new List<MissionView>();
        await Add(views, tenant, user.UserId, own, user.UserId, page, now, stop);
        foreach (var tag in subject.Tags)
        {
            var group = await groups.Look(game, tag, subject, by, stop);
            await Add(views, tenant, Subject.GroupId(tag), group, null, page, now, stop);
        }
        return views;
    }

    async ValueTask Add(List<MissionView> views, Tenant tenant, string owner, PlayerState state, string? userId, PageRequest page, DateTimeOffset now, CancellationToken stop)
    {
        views.AddRange(state.Missions.Select(mission => MissionView.Of(mission, userId, now)));
        if (state.MissionsRetired > 0)
        {
            var retired = await players.RetiredMissions(tenant, owner, page.Position, page.Descending, page.Limit + 1, stop);
            views.AddRange(retired.Where(mission => state.Mission(mission.MissionId) is null).Select(mission => MissionView.Of(mission, userId, now)));
        }
    }

    /// <summary>With the texts that the configurations have now, in the user's language.</summary>
    public async ValueTask<IReadOnlyList<MissionView>> Translate(Tenant tenant, UserProfile user, IReadOnlyList<MissionView> missions, CancellationToken stop)
    {
        var snapshot = await snapshots.Get(tenant, stop);
        return [.. missions.Select(mission => snapshot.FindAtAnyStage<MissionConfiguration>(mission.MissionConfigurationId) is { } configuration
            ? mission with { Translation = configuration.Translations.Choose(user.Lang, mission.DefaultLang) }
            : mission)];
    }
}
