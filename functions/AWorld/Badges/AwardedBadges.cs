using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Badges;

/// <summary>
/// Badges that reward rules award. Every event that reward rules meet tells of something completed: a mission, an
/// activity or a quiz; each brings a badge once by each rule, however often the rule lists it.
/// </summary>
static class AwardedBadges
{
    public static Verdict Award(Turn turn, RewardRule rule, string badgeConfigurationId, GameEvent happened)
    {
        var awarded = turn.Badges.Where(one => one.BadgeConfigurationId == badgeConfigurationId).ToList();
        if (turn.Game.Snapshot.Find<BadgeConfiguration>(badgeConfigurationId) is null || awarded.Exists(one => one.RewardRuleId == rule.Id && one.SourceEntityId == happened.SourceId))
        {
            return Verdict.NothingToPay;
        }
        var held = turn.Before.Badge(badgeConfigurationId);
        if (held is null && turn.Before.Badges.Count >= turn.Options.BadgesPerPlayer)
        {
            return Verdict.Rejected;
        }
        turn.Add(new BadgeLog(
            turn.NewId(), badgeConfigurationId, SourceOf(happened.Entity), happened.SourceId, rule.Id, (held?.Count ?? 0) + awarded.Count + 1, held?.LastSeq ?? 0));
        return Verdict.Applied;
    }

    static BadgeSource SourceOf(EntityType entity) => entity switch
    {
        EntityType.Mission => BadgeSource.Mission,
        EntityType.Activity => BadgeSource.ActivityLog,
        EntityType.Quiz => BadgeSource.QuizLog,
        _ => throw new ArgumentOutOfRangeException(nameof(entity), entity, "reward rules meet no such event"),
    };
}
