using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AWorld.Integrations.Events;

sealed class EventsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<EventMapping>();
        services.AddSingleton<LaggingWorkspaces>();
        services.AddSingleton<EventPublisher>();
        services.AddSingleton<IPlayerFeedConsumer>(static services => services.GetRequiredService<EventPublisher>());
        // Before other traces: it must have read what they take away.
        services.AddSingleton<Users.IUserTraces>(static services => services.GetRequiredService<EventPublisher>());
        services.AddSingleton<EventSource>();
        services.AddSingleton<IMessageSource>(static services => services.GetRequiredService<EventSource>());
        services.AddSingleton<IJournalObserver>(static services => services.GetRequiredService<EventSource>());
        services.AddSingleton<EventSignal>();
        services.AddSingleton<IJournalObserver>(static services => services.GetRequiredService<EventSignal>());
        services.AddHostedService(static services => services.GetRequiredService<EventSignal>());
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes) => EventSchemas.Map(routes);
}
