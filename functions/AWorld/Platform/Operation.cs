using AWorld.Authorization;

namespace AWorld.Platform;

/// <summary>What an endpoint declares about itself; the Caller middleware, OpenAPI and the tests read it.</summary>
/// <param name="Id">The contract's operation id, such as <c>missionRules/create</c>; unique within its API.</param>
public sealed record Operation(string Id);

/// <summary>The permission an endpoint needs; null: anybody may call it.</summary>
public sealed record Requirement(Permission? Permission);

/// <summary>The endpoint acts for one user, so a machine token must name one with <c>x-user-id</c>.</summary>
public sealed record UserRequired;

/// <summary>The endpoint changes something though it is a GET.</summary>
public sealed record Changing;

/// <summary>A query parameter or header, for OpenAPI; the handler reads and checks it.</summary>
/// <param name="OneOf">The values it may have; null: any.</param>
/// <param name="Several">It may be given several times, or with several values separated by commas.</param>
public sealed record Parameter(string Name, string Description, string In = "query", string Type = "string", IReadOnlyList<string>? OneOf = null, bool Several = false)
{
    /// <summary>Names what to add to the answer.</summary>
    public static Parameter Fields(params IReadOnlyList<string> allowed) => new("fields", "What to add to the answer", OneOf: allowed, Several: true);
}

public static class OperationExtensions
{
    public static TBuilder Operation<TBuilder>(this TBuilder endpoint, string id) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Operation(id)).AddEndpointFilter(RefuseInvalidBody);

    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Requirement(permission));

    public static TBuilder RequiresUser<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new UserRequired());

    public static TBuilder Changes<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Changing());

    /// <summary>Needs no token.</summary>
    public static TBuilder Public<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Requirement(null));

    public static TBuilder Takes<TBuilder>(this TBuilder endpoint, params Parameter[] parameters) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata([.. parameters]);

    /// <summary>The parameters of a list, as <see cref="PageTokens.Read"/> reads them.</summary>
    /// <param name="sorted">Whether it says what it sorts by.</param>
    public static TBuilder TakesPage<TBuilder>(this TBuilder endpoint, bool sorted = false) where TBuilder : IEndpointConventionBuilder => endpoint.Takes(
        [new("limit", $"At most so many, from 1; more than {PageTokens.MostItems} counts as {PageTokens.MostItems}", Type: "integer"), new("nextToken", "Of the page before"),
            new("order", "The order of the list", OneOf: ["asc", "desc"]), .. sorted ? [new Parameter("sort", "What the list is ordered by", OneOf: ["updatedAt"])] : Array.Empty<Parameter>()]);

    static ValueTask<object?> RefuseInvalidBody(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is IBody { Error: { } error })
            {
                return new(new Problem(error));
            }
        }
        return next(context);
    }
}
