using AWorld.Platform;

namespace AWorld.Rewards;

sealed class RewardsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RewardsOptions>().BindConfiguration("AWorld:Rewards").ValidateDataAnnotations().ValidateOnStart();
        services
            .AddResource(VirtualCurrencies.Resource)
            .AddResource(RewardRules.Resource);
        services.AddSingleton<TransferDocuments>();
        services.AddSingleton<Transfers>();
        services.AddHostedService<TransferRecovery>();
        services.AddSingleton<SystemPayments>();
        services.AddSingleton<TransactionView>();
        services.AddSingleton<CreateTransactions>();
        services.AddSingleton<OwnTransactions>();
        services.AddSingleton<OwnBalances>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        CreateTransactions.Map(routes);
        OwnTransactions.Map(routes);
        OwnBalances.Map(routes);
    }
}
