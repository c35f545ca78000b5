using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

public sealed class IdentityModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<IdentityOptions>(configuration, IdentityOptions.Section);
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<VerifiedTokens>();
        services.AddSingleton<TokenVerification>();
        services.AddSingleton<ForeignTokens>();
        services.AddSingleton<IssuerKeys>();
        services.AddHttpClient(IssuerKeys.HttpClientName, client => client.MaxResponseContentBufferSize = IssuerKeys.MostBytes)
            .ConfigurePrimaryHttpMessageHandler(provider => IssuerConnections.Handler(provider.GetRequiredService<IOptions<IdentityOptions>>().Value))
            .RemoveAllLoggers();
        services.AddSingleton<People>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<IUserTraces, SignInTraces>();
        services.AddSingleton<EmailCodes>();
        services.AddUpkeep<SigningKeys>("SigningKeys", static services => services.GetRequiredService<IOptions<IdentityOptions>>().Value.SigningKeyRefresh, static keys => keys.KeepCurrent);
        services.AddReadyCheck<SigningKeys>("keys", KeysUnavailableException.RetryAfter, "the keys that tokens are signed with cannot be read", static async (keys, _, stop) => await keys.Published(stop));
        services.AddHostedService(provider => provider.GetRequiredService<EmailCodes>());
        services.AddSingleton<SignInWithCode>();
        services.AddSingleton<TokenResponses>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        TokenEndpoint.Map(routes);
        RevokeToken.Map(routes);
        SignInWithCode.Map(routes);
        Discovery.Map(routes);
        PortalAuthorizer.Map(routes);
    }
}
