using AWorld.Platform;

namespace AWorld.Activities;

sealed class ActivitiesModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration) => services.AddResource(Activities.Resource);
    public static void MapEndpoints(IEndpointRouteBuilder routes) { }
}
