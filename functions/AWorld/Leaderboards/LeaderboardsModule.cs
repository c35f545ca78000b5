using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

public sealed class LeaderboardsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<LeaderboardsOptions>(configuration, "AWorld:Leaderboards");
        services.AddResource(LeaderboardConfigurations.Resource);
        services.AddSingleton<BoardDocuments>();
        services.AddSingleton<Boards>();
        services.AddSingleton<Users.IUserTraces, BoardTraces>();
        services.AddSingleton<IJournalObserver>(static services => services.GetRequiredService<Boards>());
        services.AddSingleton<BoardFeed>();
        services.AddSingleton<BoardKeeper>();
        services.AddSingleton<IPlayerFeedConsumer>(static services => services.GetRequiredService<BoardFeed>());
        services.AddSingleton<IHostedService>(static services => services.GetRequiredService<BoardKeeper>());
        services.AddSingleton<BoardLifecycle>();
        services.AddSingleton<BoardLives>();
        services.AddSingleton<IClockObserver>(static services => services.GetRequiredService<BoardLives>());
        services.AddUpkeep<BoardLives>("BoardLives", static services => services.GetRequiredService<IOptions<LeaderboardsOptions>>().Value.LivesCheckedEvery, static lives => lives.Check);
        services.AddWorkflow(BoardWorkflow.Workflow).AddActivity(BoardSteps.Advance);
        services.AddSingleton<LeaderboardPeriods>();
        services.AddSingleton<Rankings>();
        services.AddHealthChecks().AddCheck<BoardsCheck>("leaderboards", tags: [Health.Ready]);
    }

    /// <summary>For a host of several nodes, one of which stores the ranks of all at a time.</summary>
    public static void ShareRanks<T>(IServiceCollection services)
        where T : class, ISharedRanks
    {
        services.AddSingleton<ISharedRanks, T>();
        services.AddUpkeep<BoardKeeper>("RanksStored", static services => services.GetRequiredService<IOptions<LeaderboardsOptions>>().Value.StoreSharedEvery, static keeper => keeper.Store);
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        LeaderboardPeriods.Map(routes);
        Rankings.Map(routes);
    }

    /// <summary>After a start, until the ranks are those of the journals again.</summary>
    sealed class BoardsCheck(Boards boards) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(boards.WereReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the ranks of some boards are still being built"));
    }
}
