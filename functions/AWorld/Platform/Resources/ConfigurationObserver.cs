using System.ComponentModel.DataAnnotations;

namespace AWorld.Platform;

/// <summary>
/// Hears that an entity of its kind was changed: after the commit, before the answer, and again from the change feed
/// in case the first time was lost. Hearing the same twice must do no harm.
/// </summary>
public interface IConfigurationObserver
{
    EntityType Observes { get; }

    ValueTask Changed(Tenant tenant, string id, CancellationToken stop);
}

public sealed class ConfigurationOutboxOptions
{
    public const string Section = "AWorld:ConfigurationOutbox";

    /// <summary>How often it is looked whether somebody was not told of a change.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Tells the observers of configuration what they must hear of, whatever dies between a commit and them.</summary>
sealed class ConfigurationOutbox(
    IDocumentStore store, IEnumerable<Resource> resources, IServiceProvider services, ILogger<ConfigurationOutbox> log)
{
    const string CursorId = "configuration-outbox";
    const int PageItems = 500;
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    readonly Dictionary<string, EntityType> kinds = resources.ToDictionary(resource => resource.Path, resource => resource.Type, StringComparer.Ordinal);

    sealed record Position(string Cursor);

    /// <summary>Tells what has just been committed; who fails to hear is told again from the feed.</summary>
    public async ValueTask Tell(Tenant tenant, EntityType type, string id)
    {
        try
        {
            await TellOrFail(tenant, type, id, CancellationToken.None);
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "The change of {Type} {Id} of {Tenant} is told later", type, id, tenant);
        }
    }

    /// <summary>Tells everything that was committed since the stored cursor.</summary>
    internal async Task CatchUp(CancellationToken stop)
    {
        var start = await store.Read(Home, CursorId, stop) is { } stored ? Json.Read<Position>(stored.Body).Cursor : "";
        var cursor = start;
        try
        {
            for (var more = true; more;)
            {
                var page = await store.Changes(Container.Configuration, cursor, PageItems, stop);
                foreach (var (partition, document) in page.Items)
                {
                    if (document.Id.StartsWith(DocumentIds.Entities, StringComparison.Ordinal) && kinds.TryGetValue(partition.Key[(partition.Key.LastIndexOf('/') + 1)..], out var type))
                    {
                        await TellOrFail(new(partition.AccountId, partition.WorkspaceId!), type, document.Id[DocumentIds.Entities.Length..], stop);
                    }
                }
                (cursor, more) = (page.Cursor, page.More);
            }
        }
        finally
        {
            if (cursor != start)
            {
                await store.Commit(Home, [Write.Upsert(CursorId, Json.Bytes(new Position(cursor)))], CancellationToken.None);
            }
        }
    }

    async ValueTask TellOrFail(Tenant tenant, EntityType type, string id, CancellationToken stop)
    {
        foreach (var observer in services.GetServices<IConfigurationObserver>().Where(observer => observer.Observes == type))
        {
            await observer.Changed(tenant, id, stop);
        }
    }
}
