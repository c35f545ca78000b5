using System.Security.Cryptography;
using System.Text;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Media;

/// <summary>The address of an item, which texts, icons and profiles keep: it leads to where the file can be read for a while.</summary>
sealed class OpenMedia(MediaLibrary library, IMediaStore files, WorkspaceClocks clocks, IOptions<MediaOptions> options)
{
    public const string Root = "/app/v1/media";

    /// <summary>Without a token, which an img element cannot send: the address itself is what admits.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet(Root + "/{accountId}/{workspaceId}/{mediaId}/{access}",
            static (HttpContext http, string accountId, string workspaceId, string mediaId, string access, OpenMedia it) => it.Handle(http, accountId, workspaceId, mediaId, access))
        .Operation("media/open").Public().Produces(StatusCodes.Status302Found);

    async Task<IResult> Handle(HttpContext http, string accountId, string workspaceId, string mediaId, string access)
    {
        var stop = http.RequestAborted;
        if (!Ids.IsTenantId(accountId) || !Ids.IsTenantId(workspaceId) || !Ids.IsClientId(mediaId)
            || await library.Read(new(accountId, workspaceId), mediaId, stop) is not ({ State: MediaState.Ready } item, _)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(item.Access), Encoding.UTF8.GetBytes(access)))
        {
            return MediaViews.Missing(mediaId);
        }
        var readable = options.Value.ReadableFor;
        var address = await files.Read(item.In(new(accountId, workspaceId)), clocks.Real.GetUtcNow() + readable, stop);
        http.Response.Headers.CacheControl = $"private, max-age={(int)readable.TotalSeconds / 2}";
        return Results.Redirect(address.AbsoluteUri);
    }
}
