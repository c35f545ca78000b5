namespace AWorld.Platform;

/// <summary>Says in OpenAPI what no annotation of the framework says: the rule that an attribute of ours checks.</summary>
interface IDescribed
{
    void Describe(Microsoft.OpenApi.OpenApiSchema schema);
}

/// <summary>
/// A JSON object that no single type shows: endpoints that are the same for many kinds of things put it together from
/// the fields of several types and some that each kind calls by a name of its own.
/// </summary>
/// <param name="Name">Its name among the schemas; unique in its API.</param>
/// <param name="Parts">Whose fields it has.</param>
/// <param name="Fields">More of them; one of the same name goes before that of a part.</param>
sealed record Composed(string Name, IReadOnlyList<Type> Parts, params IReadOnlyList<ComposedField> Fields)
{
    /// <summary>A type whose fields of where it belongs are always there on the Dashboard, and never in the App.</summary>
    public static Composed InWorkspace(Type type) => new($"Dashboard{type.Name}", [type], new("accountId", typeof(string)), new("workspaceId", typeof(string)), new("sourceRegion", typeof(string)));
}

/// <param name="Items">What a list holds; null: it is of the type.</param>
sealed record ComposedField(string Name, Type Type, bool Required = true, Composed? Items = null);

/// <summary>What an operation answers when it succeeds, where <c>Produces</c> has no type to name.</summary>
sealed record ComposedAnswer(int Status, Composed Content, ListShape List);

enum ListShape { None, Page, Assignments, Bare }

/// <summary>The body of an operation that does not bind a <see cref="Body{T}"/> of the type that it reads.</summary>
/// <param name="Type">A type, or <paramref name="Composed"/>.</param>
sealed record BodyShape(Type? Type, Composed? Composed = null, string ContentType = "application/json", bool Required = true);

static class ShapeExtensions
{
    public static TBuilder Answers<TBuilder>(this TBuilder endpoint, Composed content, ListShape list = ListShape.None, int status = 200) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ComposedAnswer(status, content, list));

    public static TBuilder Reads<TBuilder>(this TBuilder endpoint, Composed body) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new BodyShape(null, body));

    public static TBuilder Reads<TBuilder>(this TBuilder endpoint, Type body, string contentType = "application/json", bool required = true) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new BodyShape(body, null, contentType, required));
}
