using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.Options;

namespace AWorld.Rewards;

sealed class RewardsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<RewardsOptions>(configuration, "AWorld:Rewards");
        services
            .AddResource(VirtualCurrencies.Resource)
            .AddResource(RewardRules.Resource);
        services.AddSingleton<TransferDocuments>();
        services.AddSingleton<Transfers>();
        services.AddSingleton<TransferRecovery>();
        services.AddUpkeep<TransferRecovery>("TransferRecovery", static services => services.GetRequiredService<IOptions<RewardsOptions>>().Value.TransfersResumedAfter, static recovery => recovery.Recover);
        services.AddSingleton<SystemPayments>();
        services.AddSingleton<TransactionView>();
        services.AddSingleton<Redemptions>();
        services.AddSingleton<CreditLives>();
        services.AddSingleton<IJournalObserver>(static services => services.GetRequiredService<CreditLives>());
        services.AddWorkflow(CreditWorkflow.Workflow).AddActivity(CreditSteps.Expire);
        services.AddSingleton<RedemptionLives>();
        services.AddSingleton<IJournalObserver>(static services => services.GetRequiredService<RedemptionLives>());
        services.AddSingleton<IClockObserver>(static services => services.GetRequiredService<RedemptionLives>());
        services.AddWorkflow(RedemptionWorkflow.Workflow).AddActivity(RedemptionSteps.Expire);
        services.AddSingleton<CreateTransactions>();
        services.AddSingleton<OwnTransactions>();
        services.AddSingleton<OwnBalances>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        CreateTransactions.Map(routes);
        RejectTransaction.Map(routes);
        OwnTransactions.Map(routes);
        OwnBalances.Map(routes);
    }
}
