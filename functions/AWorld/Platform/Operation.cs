using AWorld.Authorization;

namespace AWorld.Platform;

/// <summary>What an endpoint declares about itself; the Caller middleware, OpenAPI and the tests read it.</summary>
/// <param name="Id">The contract's operation id, such as <c>missionRules/create</c>; unique within its API.</param>
public sealed record Operation(string Id);

/// <summary>The permission an endpoint needs; null: anybody may call it.</summary>
public sealed record Requirement(Permission? Permission);

/// <summary>The endpoint acts for one user, so a machine token must name one with <c>x-user-id</c>.</summary>
public sealed record UserRequired;

/// <summary>A query parameter or header, for OpenAPI; the handler reads and checks it.</summary>
public sealed record Parameter(string Name, string Description, string In = "query", string Type = "string");

public static class OperationExtensions
{
    public static TBuilder Operation<TBuilder>(this TBuilder endpoint, string id) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Operation(id)).AddEndpointFilter(RefuseInvalidBody);

    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Requirement(permission));

    public static TBuilder RequiresUser<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new UserRequired());

    /// <summary>Needs no token.</summary>
    public static TBuilder Public<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Requirement(null));

    public static TBuilder Takes<TBuilder>(this TBuilder endpoint, params Parameter[] parameters) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata([.. parameters]);

    /// <summary>The parameters of a list, as <see cref="PageTokens.Read"/> reads them.</summary>
    public static TBuilder TakesPage<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.Takes(
        new("limit", "1 to 100, more counts as 100", Type: "integer"), new("nextToken", "From the page before"), new("order", "asc or desc"));

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
