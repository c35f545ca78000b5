using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.Options;

namespace AWorld.Users;

public sealed class UsersModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<UsersOptions>(configuration, UsersOptions.Section);
        services.AddSingleton<UserDirectory>();
        services.AddSingleton<UserViews>();
        services.AddSingleton<Erasures>();
        services.AddSingleton<ErasureRuns>();
        services.AddSingleton<ErasureCertificates>();
        services.AddWorkflow(ErasureWorkflow.Workflow)
            .AddActivity(ErasureSteps.Close).AddActivity(ErasureSteps.EraseTraces).AddActivity(ErasureSteps.ReleaseNames).AddActivity(ErasureSteps.Complete);
        services.AddSingleton<ErasureRecovery>();
        services.AddUpkeep<ErasureRecovery>("ErasureRecovery", static services => services.GetRequiredService<IOptions<UsersOptions>>().Value.ErasuresResumedEvery, static recovery => recovery.Recover);
        services.AddSingleton<IReferable, ReferableUsers>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        OwnUser.Map(routes);
        DashboardUsers.Map(routes);
        GetErasure.Map(routes);
        UserTags.Map(routes);
    }
}
