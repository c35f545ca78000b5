namespace AWorld.Game;

public enum ConsideredKind { RewardRule, MissionRule, Mission }

public enum Verdict
{
    /// <summary>The rule paid, awarded a badge, or assigned its missions.</summary>
    Applied,

    /// <summary>Its condition does not hold, or cannot be evaluated.</summary>
    ConditionFalse,

    /// <summary>It matched, but all its amounts are 0 or no numbers, or its currencies and badges are not published.</summary>
    NothingToPay,

    /// <summary>It matched, but the currency's limits refused, or the user has as many different badges as fit.</summary>
    Rejected,

    /// <summary>A fallback, and other rules had matched.</summary>
    NotNeeded,
}

/// <summary>A rule (or mission) that the event met, and what came of it.</summary>
/// <param name="Version">Of the rule then; 0 for a mission, which never changes.</param>
/// <param name="Event">The mission whose completion it met; null: the action itself.</param>
public sealed record Consideration(ConsideredKind Kind, string Id, long Version, Verdict Verdict, string? Event = null);
