using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Platform.Workflows;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>What comes from HR, learning and other systems outside.</summary>
sealed class InboundModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<InboundOptions>(configuration, InboundOptions.Section);
        services.AddSingleton<InboundEvents>();
        services.AddSingleton<InboundTypes>();
        services.AddSingleton<InboundSettingsStore>();
        services.AddSingleton<InboundLog>();
        services.AddSingleton<InboundClaims>();
        services.AddSingleton<HeldEvents>();
        services.AddSingleton<WorkerEvents>();
        services.AddSingleton<Leavers>();
        services.AddSingleton<IClockObserver>(static services => services.GetRequiredService<Leavers>());
        services.AddSingleton<SendEvents>();
        services.AddSingleton<ReplayEvents>();
        services.AddSingleton<HookSources>();
        services.AddSingleton<HookEvents>();
        services.AddSingleton<IUserObserver, HeldUserObserver>();
        services.AddSingleton<IUserTraces, InboundTraces>();
        services.AddUpkeep<InboundEvents>("HeldEvents", static services => services.GetRequiredService<IOptions<InboundOptions>>().Value.HeldCheckedEvery, static events => async stop => await events.Sweep(stop));
        services.AddWorkflow(LeaverWorkflow.Workflow).AddActivity(LeaverSteps.Erase);
        services.AddSingleton<KnownWorkspaces>();
        services.AddMessageHandler<InboundMessages>(MessageEntities.Inbound.Name);
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        SendEvents.Map(routes);
        InboundSettingsStore.Map(routes);
        ReadInboundLog.Map(routes);
        ReplayEvents.Map(routes);
        HookSources.Map(routes);
        HookEvents.Map(routes);
    }
}
