using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Media;

sealed class MediaModule : IModule
{
    const string Scope = "scope";

    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<MediaOptions>(configuration, MediaOptions.Section);
        services.AddSingleton<MediaLibrary>();
        services.AddSingleton<MediaViews>();
        services.AddSingleton<UploadMedia>();
        services.AddSingleton<ReadMedia>();
        services.AddSingleton<ChangeMedia>();
        services.AddSingleton<OpenMedia>();
        services.AddUpkeep<MediaLibrary>("Media", static services => services.GetRequiredService<IOptions<MediaOptions>>().Value.CheckedEvery, static library => library.TidyUp);
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        var ofWorkspace = routes.MapGroup("").Takes(new Parameter(Scope, "Whose library; a workspace has its own", OneOf: [MediaViews.Workspace]));
        ofWorkspace.AddEndpointFilter(static (context, next) =>
            QueryParameters.OneOf(context.HttpContext, Scope, MediaViews.Workspace).Error is { } wrong ? new(new Problem(wrong)) : next(context));
        UploadMedia.Map(ofWorkspace);
        ReadMedia.Map(ofWorkspace);
        ChangeMedia.Map(ofWorkspace);
        OpenMedia.Map(routes);
    }
}
