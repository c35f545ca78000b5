using AWorld.Platform;

namespace AWorld.Rewards;

sealed class RewardsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration) => services
        .AddResource(VirtualCurrencies.Resource)
        .AddResource(RewardRules.Resource);

    public static void MapEndpoints(IEndpointRouteBuilder routes) { }
}
