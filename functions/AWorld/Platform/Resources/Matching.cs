namespace AWorld.Platform;

/// <summary>The rule of domain terms INSTANCE, ENTITY and TAG for the id that goes with them.</summary>
public static class Matching
{
    public static void Check(Problems problems, string kindField, MatchKind kind, string idField, string? id) => problems
        .When(kind == MatchKind.Entity && id is not null, idField, $"must be absent when {kindField} is ENTITY")
        .When(kind != MatchKind.Entity && id is null, idField, $"is required when {kindField} is INSTANCE or TAG");

    public static IEnumerable<Reference> References(MatchKind kind, EntityType entity, string idField, string? id) =>
        id is null || kind == MatchKind.Entity
            ? []
            : [new(idField, kind == MatchKind.Tag ? EntityType.Tag : entity, id)];
}
