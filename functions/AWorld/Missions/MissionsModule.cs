using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Missions;

sealed class MissionsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<LifecyclesOptions>(configuration, LifecyclesOptions.Section);
        services.AddResource(MissionConfigurations.Resource).AddResource(MissionRules.Resource);
        services.AddSingleton<RuleDocuments>();
        services.AddSingleton<RuleSteps>();
        services.AddSingleton<RuleTallies>();
        // Before other traces: it must have read the journals before they are stripped.
        services.AddSingleton<Users.IUserTraces>(static services => services.GetRequiredService<RuleTallies>());
        services.AddSingleton<Game.IPlayerFeedConsumer>(static services => services.GetRequiredService<RuleTallies>());
        services.AddSingleton<RuleLives>();
        services.AddSingleton<IConfigurationObserver>(static services => services.GetRequiredService<RuleLives>());
        services.AddSingleton<IClockObserver>(static services => services.GetRequiredService<RuleLives>());
        services.AddWorkflow(RuleWorkflow.Workflow).AddActivity(RuleSteps.Step);
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes) => RuleSummaries.Map(routes);
}
