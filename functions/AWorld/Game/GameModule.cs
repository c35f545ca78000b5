using AWorld.Platform;

namespace AWorld.Game;

sealed class GameModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GameOptions>().BindConfiguration("AWorld:Game").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Players>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }
}
