using System.Collections.Immutable;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Tests.Game;

/// <summary>Puts configuration and users into a running platform, past the endpoints that do so.</summary>
static class PlatformGame
{
    public static async Task Configure(this TestPlatform platform, Tenant tenant, params Configured[] entities)
    {
        var store = platform.Service<IDocumentStore>();
        foreach (var entity in entities)
        {
            var resource = platform.Service<IEnumerable<Resource>>().Single(resource => resource.ClrType == entity.GetType());
            var head = new Head(entity.Id, entity.Stage, 1, "eu-west-1", GameWorld.Now, GameWorld.Now, [.. entity.Tags], ImmutableDictionary<string, TextTimes>.Empty, Json.Element((object)entity));
            var commit = await store.Commit(resource.In(tenant), [Write.Upsert(DocumentIds.Entity(entity.Id), Json.Bytes(head))], CancellationToken.None);
            commit.Committed.ShouldBeTrue();
            platform.Service<Snapshots>().Changed(tenant, resource.Path);
        }
    }

    /// <summary>An entry of which no observer heard: written as a crash right after the commit would leave it.</summary>
    public static async Task Commit(this TestPlatform platform, Tenant tenant, string userId, Func<PlayerState, JournalEntry> next)
    {
        var store = platform.Service<IDocumentStore>();
        var partition = Partition.Player(tenant, userId);
        var stored = (await store.Read(partition, PlayerDocuments.State, CancellationToken.None))!;
        var state = await platform.Service<Players>().Read(tenant, userId, CancellationToken.None);
        var entry = next(state);
        (await store.Commit(partition,
            [Write.Create(PlayerDocuments.Journal(entry.Seq), GameJson.Bytes(entry)), Write.Replace(PlayerDocuments.State, GameJson.Bytes(state.Apply(entry)), stored.ETag)], CancellationToken.None)).Committed.ShouldBeTrue();
    }

    public static async Task<string> NewUser(this TestPlatform platform, Tenant tenant, string name, params string[] tags)
    {
        var user = await platform.Service<UserDirectory>().Create(tenant, new($"{name}@example.org", ExternalId: name, Lang: "en", Tags: [.. tags.Select(tag => new TagAssignment(tag, 0, GameWorld.Now, GameWorld.Now))]), CancellationToken.None);
        return user.Value.UserId;
    }
}
