using AWorld.Platform;

namespace AWorld.Missions;

sealed class MissionsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration) => services
        .AddResource(MissionConfigurations.Resource)
        .AddResource(MissionRules.Resource);

    public static void MapEndpoints(IEndpointRouteBuilder routes) { }
}
