using AWorld.Platform;

namespace AWorld.Users;

public sealed class UsersModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<UsersOptions>().Bind(configuration.GetSection(UsersOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<UserDirectory>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }
}
