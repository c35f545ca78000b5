using AWorld.Platform;

namespace AWorld.Tenancy;

public sealed class TenancyModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<Accounts>();
        services.AddSingleton<Workspaces>();
        services.AddSingleton<Principals>();
        services.AddSingleton<Memberships>();
        services.AddSingleton<Clients>();
        services.AddSingleton<Invitations>();
        services.AddUpkeep<Invitations>("FirstOwner", static _ => TimeSpan.FromMinutes(1), static invitations => invitations.InviteFirst);
        services.AddSingleton<Members>();
        services.AddSingleton<TestClocks>();
        services.AddHostedService(static services => services.GetRequiredService<TestClocks>());
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes) 
    {
        Portal.Map(routes);
        TestClock.Map(routes);
    }
}
