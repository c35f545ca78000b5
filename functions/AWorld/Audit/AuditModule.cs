using AWorld.Platform;

namespace AWorld.Audit;

public sealed class AuditModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<AuditOptions>(configuration, AuditOptions.Section);
        services.AddSingleton<AuditTrail>();
        services.AddHostedService(static services => services.GetRequiredService<AuditTrail>());
        services.AddSingleton<AuditedRequests>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes) => AuditLogs.Map(routes);
}
