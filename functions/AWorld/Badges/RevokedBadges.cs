using AWorld.Game;

namespace AWorld.Badges;

/// <summary>Takes back badges that were awarded for what is not there any more.</summary>
/// <param name="journal">The user's entries up to now, from <see cref="Needs"/> on.</param>
sealed class RevokedBadges(IReadOnlyList<JournalEntry> journal, PlayerState state)
{
    readonly record struct Award(JournalEntry Entry, BadgeLog Log);

    /// <param name="falls">By the entry's number and the mission whose completion it was, whether an award does.</param>
    public List<BadgeTakenBack> Of(Func<long, string?, bool> falls)
    {
        var taken = new List<BadgeTakenBack>();
        foreach (var awards in Standing())
        {
            var (fallen, left) = (awards.Where(Falls).ToList(), awards.Where(award => !Falls(award)).ToList());
            if (fallen.Count == 0 || state.Badge(awards.Key) is not { } held)
            {
                continue;
            }
            var count = held.Count - fallen.Count;
            var first = held.Count > awards.Count() ? held.FirstAssignedAt : left is [var oldest, ..] ? oldest.Entry.At : (DateTimeOffset?)null;
            var last = count == 0 ? null : left is [.., var newest] ? newest.Entry.At : first;
            taken.Add(new(awards.Key, [.. fallen.Select(award => award.Log.BadgeLogId)], count, first, last, held.LastSeq));
        }
        return taken;

        bool Falls(Award award) => falls(award.Entry.Seq, award.Log.CompletedMission);
    }

    /// <summary>The entry from which on the journal must be there to tell when what is left of a badge was awarded last.</summary>
    /// <param name="mayFall">As in <see cref="Of"/>.</param>
    public long Needs(Func<long, string?, bool> mayFall) =>
        (from awards in Standing()
         where awards.All(award => mayFall(award.Entry.Seq, award.Log.CompletedMission)) && state.Badge(awards.Key)?.Count > awards.Count()
         let before = Before(awards.Key)
         where before > 0
         select before).Append(long.MaxValue).Min();

    /// <summary>What was awarded and not taken back, by badge, each by age.</summary>
    IEnumerable<IGrouping<string, Award>> Standing()
    {
        var gone = journal.SelectMany(static entry => entry.Retracted?.Badges ?? []).SelectMany(static taken => taken.BadgeLogIds).ToHashSet(StringComparer.Ordinal);
        return journal.SelectMany(static entry => entry.Badges.Select(log => new Award(entry, log))).Where(award => !gone.Contains(award.Log.BadgeLogId))
            .GroupBy(static award => award.Log.BadgeConfigurationId).OrderBy(static awards => awards.Key, StringComparer.Ordinal);
    }

    /// <summary>The entry before the journal's that changed the badge.</summary>
    long Before(string badgeConfigurationId) => journal.SelectMany(entry => Before(entry, badgeConfigurationId)).Min();

    /// <summary>Of an entry that changed a badge the one that had changed it before, of another nothing.</summary>
    public static IEnumerable<long> Before(JournalEntry entry, string badgeConfigurationId) =>
        entry.Badges.Where(log => log.BadgeConfigurationId == badgeConfigurationId).Select(static log => log.After)
            .Concat((entry.Retracted?.Badges ?? []).Where(taken => taken.BadgeConfigurationId == badgeConfigurationId).Select(static taken => taken.After)).Take(1);
}
