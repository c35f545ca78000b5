using AWorld.Activities;
using AWorld.Missions;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

sealed class GameModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<GameOptions>(configuration, "AWorld:Game");
        services.AddSingleton<Players>();
        services.AddSingleton<Users.IUserTraces, PlayerTraces>();
        services.AddSingleton<Actions>();
        services.AddSingleton<Retractions>();
        services.AddSingleton<UserSteps>();
        services.AddSingleton<GroupMissions>();
        services.AddSingleton<IJournalObserver>(static services => services.GetRequiredService<GroupMissions>());
        services.AddSingleton<OpenMissions>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<IPlayerFeedConsumer>(static services => services.GetRequiredService<Outbox>());
        services.AddSingleton<PlayerFeed>();
        services.AddHostedService(static services => services.GetRequiredService<PlayerFeed>());
        services.AddUpkeep<PlayerFeed>("ParkedChanges", static services => services.GetRequiredService<IOptions<GameOptions>>().Value.ParkedTriedEvery, static feed => feed.Replay);
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        LogActivity.Map(routes);
        LogActivities.Map(routes);
        ReadActivityLogs.Map(routes);
        ExplainActivityLog.Map(routes);
        RetractActivity.Map(routes);
        ListMissions.Map(routes);
        GetMission.Map(routes);
        AssignMission.Map(routes);
    }
}
