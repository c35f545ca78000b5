using AWorld.Platform;

namespace AWorld.Tags;

sealed class TagsModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration) => services.AddResource(Tags.Resource);
    public static void MapEndpoints(IEndpointRouteBuilder routes) { }
}
