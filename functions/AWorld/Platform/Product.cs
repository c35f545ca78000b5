using AWorld.Platform.Messages;

namespace AWorld.Platform;

/// <summary>A module of the product: registers its services and options, maps its endpoints.</summary>
public interface IModule
{
    static abstract void AddServices(IServiceCollection services, IConfiguration configuration);
    static abstract void MapEndpoints(IEndpointRouteBuilder routes);
}

/// <summary>The product as a host sees it: services to register, a pipeline to run. The host adds the ports' implementations.</summary>
public static class Product
{
    public static IServiceCollection AddAWorld(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRouting();
        services.AddResponseCompression();
        services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<WorkspaceClocks>();
        services.AddSingleton<Ids>();
        services.AddSingleton<Mutations>();
        services.AddSingleton<Workflows.WorkflowRegistry>();
        services.AddMessageEntity(MessageEntities.Inbound).AddMessageEntity(MessageEntities.Events);
        services.AddOpenApiDocuments();
        ResourcesModule.AddServices(services, configuration);
        Integrations.Events.EventsModule.AddServices(services, configuration);
        Integrations.Webhooks.WebhooksModule.AddServices(services, configuration);
        Activities.ActivitiesModule.AddServices(services, configuration);
        Learning.LearningModule.AddServices(services, configuration);
        Tags.TagsModule.AddServices(services, configuration);
        Missions.MissionsModule.AddServices(services, configuration);
        Rewards.RewardsModule.AddServices(services, configuration);
        Badges.BadgesModule.AddServices(services, configuration);
        Tenancy.TenancyModule.AddServices(services, configuration);
        Game.GameModule.AddServices(services, configuration);
        Users.UsersModule.AddServices(services, configuration);
        Leaderboards.LeaderboardsModule.AddServices(services, configuration);
        Audit.AuditModule.AddServices(services, configuration);
        Integrations.InboundModule.AddServices(services, configuration);
        Media.MediaModule.AddServices(services, configuration);
        services.AddHealth();
        services.AddRateLimits(configuration);
        Identity.IdentityModule.AddServices(services, configuration);
        services.AddBrowsers(configuration);
        return services;
    }

    /// <summary>The order of architecture: context, caller, rate limit and authorization, endpoint.</summary>
    public static IApplicationBuilder UseAWorld(this IApplicationBuilder app)
    {
        app.UseMiddleware<RequestContext>();
        app.UseResponseCompression();
        app.UseRouting();
        app.UseCors();
        app.UseMiddleware<Identity.CallerMiddleware>();
        app.UseRateLimiter();
        return app;
    }

    public static IEndpointRouteBuilder MapAWorld(this IEndpointRouteBuilder routes)
    {
        var audited = routes.MapGroup("");
        Audit.AuditedRequests.Follow(audited);
        routes = audited;
        routes.MapHealth();
        ResourcesModule.MapEndpoints(routes);
        Learning.LearningModule.MapEndpoints(routes);
        Integrations.Events.EventsModule.MapEndpoints(routes);
        Integrations.Webhooks.WebhooksModule.MapEndpoints(routes);
        Missions.MissionsModule.MapEndpoints(routes);
        Tenancy.TenancyModule.MapEndpoints(routes);
        Rewards.RewardsModule.MapEndpoints(routes);
        Badges.BadgesModule.MapEndpoints(routes);
        Game.GameModule.MapEndpoints(routes);
        Users.UsersModule.MapEndpoints(routes);
        Leaderboards.LeaderboardsModule.MapEndpoints(routes);
        Integrations.InboundModule.MapEndpoints(routes);
        Media.MediaModule.MapEndpoints(routes);
        Identity.IdentityModule.MapEndpoints(routes);
        Audit.AuditModule.MapEndpoints(routes);
        Expressions.ExpressionsModule.MapEndpoints(routes);
        routes.MapOpenApiDocuments();
        routes.MapDocs();
        return routes;
    }
}
