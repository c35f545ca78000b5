using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Integrations.Webhooks;

sealed class WebhooksModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<WebhooksOptions>(configuration, WebhooksOptions.Section);
        services.AddSingleton<WebhookDocuments>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookDeliveries>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<DeliveryLog>();
        services.AddSingleton<Users.IUserTraces, WebhookTraces>();
        services.AddMessageEntity(WebhookDeliveries.Queue)
            .AddMessageHandler<WebhookEvents>(MessageEntities.Events.Name, MessageEntities.Webhooks)
            .AddMessageHandler<WebhookWorks>(WebhookDeliveries.Queue.Name);
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        WebhookEndpoints.Map(routes);
        DeliveryLog.Map(routes);
    }
}
