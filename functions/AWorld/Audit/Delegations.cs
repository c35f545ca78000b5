using System.Net;
using AWorld.Platform;

namespace AWorld.Audit;

/// <summary>What delegations must have in common to be in one record.</summary>
readonly record struct DelegationSource(Tenant Tenant, string TokenId, IPAddress? Address, string? UserAgent);

/// <summary>
/// Whom machines began to act for since the last records were written. A machine that serves a million users begins
/// tens of thousands of times a second, so one record names many.
/// </summary>
sealed class Delegations
{
    const int UsersInRecord = 50, MostOpen = 1_000;

    readonly Lock gate = new();
    readonly Dictionary<DelegationSource, (AuditRecord First, List<string> Others)> open = [];

    /// <summary>Adds a user to the record that is open for the source; false: there is none, or it is full.</summary>
    public bool Join(DelegationSource source, string userId)
    {
        lock (gate)
        {
            if (!open.TryGetValue(source, out var found) || found.Others.Count >= UsersInRecord - 1)
            {
                return false;
            }
            found.Others.Add(userId);
            return true;
        }
    }

    /// <summary>Opens a record for the source. What it returns is closed and to be written.</summary>
    public IReadOnlyList<(Tenant Tenant, AuditRecord Record)> Open(DelegationSource source, AuditRecord first)
    {
        lock (gate)
        {
            var closed = open.Count >= MostOpen ? Close() : open.Remove(source, out var full) ? [(source.Tenant, Closed(full))] : [];
            open.Add(source, (first, []));
            return closed;
        }
    }

    /// <summary>Closes all that are open.</summary>
    public IReadOnlyList<(Tenant Tenant, AuditRecord Record)> Close()
    {
        lock (gate)
        {
            if (open.Count == 0)
            {
                return [];
            }
            var closed = open.Select(static one => (one.Key.Tenant, Closed(one.Value))).ToList();
            open.Clear();
            return closed;
        }
    }

    static AuditRecord Closed((AuditRecord First, List<string> Others) one) =>
        one.Others.Count == 0 ? one.First : one.First with { OnBehalfOf = null, OnBehalfOfUsers = [one.First.OnBehalfOf!, .. one.Others] };
}
