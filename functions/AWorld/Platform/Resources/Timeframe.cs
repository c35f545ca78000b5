using NodaTime;

namespace AWorld.Platform;

public enum TimeframeType { Permanent, Range, Recurring }

/// <summary>Whose clock a timeframe follows: one zone's, or each user's own.</summary>
public enum TimeframeTimezoneType { Fixed, User }

public enum Recurrence { Daily, Weekly, Monthly, Custom }

/// <summary>A pure function of time and timeframe; a permanent one never ends.</summary>
public enum TimeframeState { Pending, Active, Ended }

/// <summary>When a rule or a board runs.</summary>
/// <param name="Timezone">IANA name; given when and only when the type is FIXED.</param>
/// <param name="StartsAt">With the type USER its UTC date and time are read as each user's local ones.</param>
/// <param name="ScheduleCron">Five fields, in the timeframe's zone; given when and only when the recurrence is CUSTOM.</param>
public sealed record Timeframe(
    TimeframeType Type,
    TimeframeTimezoneType TimezoneType,
    string? Timezone,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt = null,
    Recurrence? Recurrence = null,
    string? ScheduleCron = null)
{
    static readonly TimeSpan FirstZone = TimeSpan.FromHours(14), LastZone = TimeSpan.FromHours(-12);

    /// <summary>Over all users: with the type USER from when the first zone on earth (UTC+14) enters it until the last (UTC-12) has left it.</summary>
    public TimeframeState StateAt(DateTimeOffset now) => TimezoneType == TimeframeTimezoneType.User
        ? StateAt(now, StartsAt - FirstZone, EndsAt - LastZone)
        : StateAt(now, StartsAt, EndsAt);

    /// <summary>For a user whose own zone this is.</summary>
    public TimeframeState StateAt(DateTimeOffset now, DateTimeZone userZone) => TimezoneType == TimeframeTimezoneType.User
        ? StateAt(now, Local(StartsAt, userZone), EndsAt is { } end ? Local(end, userZone) : null)
        : StateAt(now, StartsAt, EndsAt);

    /// <summary>The instant at which a user's clock shows what the instant's UTC fields say; a time that a change of clocks skips is moved past the gap.</summary>
    public static DateTimeOffset Local(DateTimeOffset instant, DateTimeZone zone) =>
        LocalDateTime.FromDateTime(instant.UtcDateTime).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();

    /// <summary>The rules between the fields, named as the contract does.</summary>
    public void Check(Problems problems)
    {
        problems
            .When(TimezoneType == TimeframeTimezoneType.Fixed && Timezone is null, "timeframeTimezone", "is required when timeframeTimezoneType is FIXED")
            .When(TimezoneType == TimeframeTimezoneType.User && Timezone is not null, "timeframeTimezone", "must be absent when timeframeTimezoneType is USER")
            .When(Type == TimeframeType.Permanent && EndsAt is not null, "timeframeEndsAt", "must be absent when timeframeType is PERMANENT")
            .When(Type != TimeframeType.Permanent && EndsAt is null, "timeframeEndsAt", "is required unless timeframeType is PERMANENT")
            .When(EndsAt <= StartsAt, "timeframeEndsAt", "must be after timeframeStartsAt")
            .When(Type == TimeframeType.Recurring && Recurrence is null, "recurrence", "is required when timeframeType is RECURRING")
            .When(Type != TimeframeType.Recurring && Recurrence is not null, "recurrence", "must be absent unless timeframeType is RECURRING")
            .When(Recurrence == Platform.Recurrence.Custom && ScheduleCron is null, "scheduleCron", "is required when recurrence is CUSTOM")
            .When(Recurrence != Platform.Recurrence.Custom && ScheduleCron is not null, "scheduleCron", "must be absent unless recurrence is CUSTOM");
        if (ScheduleCron is not null && Cron.Parse(ScheduleCron).Error is { } wrong)
        {
            problems.When(true, "scheduleCron", wrong.Details![0].Message);
        }
    }

    static TimeframeState StateAt(DateTimeOffset now, DateTimeOffset start, DateTimeOffset? end) =>
        now < start ? TimeframeState.Pending
        : end is not null && now >= end ? TimeframeState.Ended
        : TimeframeState.Active;
}
