using AWorld.Platform;

namespace AWorld.Expressions;

sealed class ExpressionsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration) { }

    public static void MapEndpoints(IEndpointRouteBuilder routes) => EvaluateExpression.Map(routes);
}
