namespace AWorld.Platform;

/// <summary>Whether what a field refers to exists; other modules add what is no configuration entity, such as users.</summary>
public interface IReferable
{
    EntityType Type { get; }
    ValueTask<bool> Exists(Tenant tenant, string id, CancellationToken stop);
}

/// <summary>Checks, at save, that the entities a field names exist in the workspace.</summary>
public sealed class References(IDocumentStore store, IEnumerable<Resource> resources, IEnumerable<IReferable> others)
{
    readonly Dictionary<EntityType, Resource> resources = resources.ToDictionary(resource => resource.Type);
    readonly Dictionary<EntityType, IReferable> others = others.ToDictionary(other => other.Type);

    /// <summary>What is wrong, named by field; empty when all exist.</summary>
    public async ValueTask<IReadOnlyList<FieldError>> Check(Tenant tenant, IEnumerable<Reference> references, CancellationToken stop)
    {
        List<FieldError> missing = [];
        foreach (var (field, type, id) in references)
        {
            if (!await Exists(tenant, type, id, stop))
            {
                missing.Add(new(field, $"there is no {Words(type)} '{id}' in this workspace"));
            }
        }
        return missing;
    }

    public async ValueTask<bool> Exists(Tenant tenant, EntityType type, string id, CancellationToken stop)
    {
        // The event of a mission belongs to its configuration: that is what a rule can name beforehand.
        type = type == EntityType.Mission ? EntityType.MissionConfiguration : type;
        return Ids.IsClientId(id)
            && (others.TryGetValue(type, out var other) ? await other.Exists(tenant, id, stop)
                : resources.TryGetValue(type, out var resource)
                    && await resource.Read(store, tenant, id, stop) is { Head.Stage: not Stage.Archived });
    }

    /// <summary>Such as <c>badge configuration</c>.</summary>
    public static string Words(EntityType type) =>
        string.Concat(type.ToString().Select(static (letter, index) => char.IsAsciiLetterUpper(letter) ? (index == 0 ? "" : " ") + char.ToLowerInvariant(letter) : letter.ToString()));
}
