using System.Collections.Concurrent;
using AWorld.Platform;

namespace AWorld.Users;

/// <summary>A user as a walk past all of them meets them.</summary>
/// <param name="Timezone">Not known in a walk past those with a tag.</param>
public readonly record struct WalkedUser(string UserId, string? Timezone);

/// <param name="Position">To go on from; null at the end.</param>
public sealed record UserStretch(IReadOnlyList<WalkedUser> Users, string? Position);

/// <summary>The time zones that users of a workspace have or had. One is added before the first user is found in it, and stays.</summary>
sealed class ZonesInUse(IDocumentStore store)
{
    const string Prefix = "zone:";
    const int Remembered = 100_000;

    readonly ConcurrentDictionary<(Tenant, string), bool> known = new();

    sealed record Zone(string Timezone);

    public async ValueTask Add(Tenant tenant, string timezone, CancellationToken stop)
    {
        if (known.ContainsKey((tenant, timezone)))
        {
            return;
        }
        if (known.Count >= Remembered)
        {
            known.Clear();
        }
        await store.Commit(Home(tenant), [Write.Create(Prefix + timezone.Replace('/', '~'), Json.Bytes(new Zone(timezone)))], stop);
        known[(tenant, timezone)] = true;
    }

    public async ValueTask<IReadOnlyList<string>> Of(Tenant tenant, CancellationToken stop) =>
        [.. (await store.Query(Home(tenant), DocumentQuery.Prefix(Prefix), stop)).Items.Select(document => Json.Read<Zone>(document.Body).Timezone)];

    static Partition Home(Tenant tenant) => Partition.Directory(tenant, 0);
}
