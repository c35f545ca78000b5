using AWorld.Platform;

namespace AWorld.Badges;

sealed class BadgesModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration) => 
        services.AddResource(BadgeConfigurations.Resource).AddSingleton<ReadBadges>();

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        ReadBadgeConfigurations.Map(routes);
        ReadBadges.Map(routes);
    }
}
