using System.Collections.Immutable;

namespace AWorld.Platform;

/// <summary>
/// What time it is in a workspace. That is the real time, unless a development workspace has moved its test clock
/// ahead. Whatever a workspace sees and stores goes by it; what belongs to the platform (tokens, keys of idempotency,
/// caches, timers, leases, telemetry, audit) goes by <see cref="Real"/>.
/// </summary>
public sealed class WorkspaceClocks(TimeProvider real)
{
    /// <summary>Empty where no clock was moved, as in production: then a workspace's time costs what the real one does.</summary>
    ImmutableDictionary<Tenant, TimeSpan> ahead = ImmutableDictionary<Tenant, TimeSpan>.Empty;

    public TimeProvider Real => real;

    /// <summary>The time in the workspace, UTC, in whole milliseconds.</summary>
    public DateTimeOffset Now(Tenant tenant) => Instants.Truncate(ahead.IsEmpty ? real.GetUtcNow() : real.GetUtcNow() + Ahead(tenant));

    /// <summary>How far the workspace's clock was moved; zero for all but some development workspaces.</summary>
    public TimeSpan Ahead(Tenant tenant) => ahead.GetValueOrDefault(tenant);

    /// <summary>The workspaces whose clocks were moved.</summary>
    internal IEnumerable<Tenant> Moved => ahead.Keys;

    /// <summary>From the next request on. Clocks only move forward, so of two values the greater one is the later.</summary>
    internal void Move(Tenant tenant, TimeSpan by) =>
        ImmutableInterlocked.AddOrUpdate(ref ahead, tenant, by, (_, before) => by > before ? by : before);
}

/// <summary>
/// Hears that a workspace's test clock was moved, before the request that moved it is answered: what should have
/// happened by now can happen. Told again after a restart, so hearing the same twice must do no harm.
/// </summary>
public interface IClockObserver
{
    ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop);
}
