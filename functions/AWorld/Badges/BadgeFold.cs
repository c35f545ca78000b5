using AWorld.Game;

namespace AWorld.Badges;

/// <summary>How a journal entry changes the badges of a state.</summary>
static class BadgeFold
{
    public static IReadOnlyList<Badge> Badges(IReadOnlyList<Badge> badges, JournalEntry entry)
    {
        if (entry.Badges.Count == 0 && entry.Retracted is not { Badges.Count: > 0 })
        {
            return badges;
        }
        List<Badge> changed = [.. badges];
        foreach (var log in entry.Badges)
        {
            Change(changed, log.BadgeConfigurationId, before => new(log.BadgeConfigurationId, (before?.Count ?? 0) + 1, before?.FirstAssignedAt ?? entry.At, entry.At, entry.Seq));
        }
        foreach (var taken in entry.Retracted?.Badges ?? [])
        {
            Change(changed, taken.BadgeConfigurationId, before => before?.Count > taken.BadgeLogIds.Count
                ? new(taken.BadgeConfigurationId, before.Count - taken.BadgeLogIds.Count, taken.FirstAssignedAt ?? before.FirstAssignedAt, taken.LastAssignedAt ?? before.LastAssignedAt, entry.Seq)
                : null);
        }
        return changed;
    }

    static void Change(List<Badge> badges, string badgeConfigurationId, Func<Badge?, Badge?> change)
    {
        var index = badges.FindIndex(badge => badge.BadgeConfigurationId == badgeConfigurationId);
        var after = change(index < 0 ? null : badges[index]);
        if (index >= 0)
        {
            badges.RemoveAt(index);
        }
        if (after is not null)
        {
            badges.Insert(index < 0 ? badges.Count : index, after);
        }
    }
}
