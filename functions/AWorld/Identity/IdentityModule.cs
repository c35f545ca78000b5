using AWorld.Platform;

namespace AWorld.Identity;

public sealed class IdentityModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IdentityOptions>().Bind(configuration.GetSection(IdentityOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<VerifiedTokens>();
        services.AddSingleton<TokenVerification>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
    }
}
