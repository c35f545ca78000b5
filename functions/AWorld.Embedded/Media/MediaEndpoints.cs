using System.Buffers;
using System.Net.Http.Headers;
using AWorld.Platform;
using Microsoft.AspNetCore.Http.Features;

namespace AWorld.Embedded.Media;

/// <summary>Where clients put and get files; in Azure they do so at Blob Storage. A ticket is all that admits here.</summary>
sealed class MediaEndpoints(MediaFolder files, TimeProvider clock)
{
    const int BufferBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(MediaFolder.Path + "/{address}", static (HttpContext http, string address, MediaEndpoints it) => it.Put(http, address))
            .ExcludeFromDescription().Operation("media/put").Public();
        routes.MapGet(MediaFolder.Path + "/{address}", static (HttpContext http, string address, MediaEndpoints it) => it.Get(http, address))
            .ExcludeFromDescription().Operation("media/read").Public();
    }

    async Task<IResult> Put(HttpContext http, string address)
    {
        if (files.OpenUpload(address) is not { } ticket)
        {
            return new Problem(Error.Forbidden("this is no address for an upload; ask for one at /dashboard/v1/media/upload-url"));
        }
        if (ticket.Until <= clock.GetUtcNow())
        {
            return new Problem(Error.Forbidden($"this address was valid until {Instants.Text(ticket.Until)}; ask for a new one"));
        }
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !string.Equals(type.MediaType, ticket.ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return new Problem(new Error(415, "validation/invalid_input", $"send the file with content-type: {ticket.ContentType}", [new("content-type", $"must be {ticket.ContentType}")]));
        }
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
        {
            most.MaxRequestBodySize = ticket.Bytes + Body.DroppedBytes;
        }
        if (http.Request.ContentLength > ticket.Bytes)
        {
            return new Problem(await Body.TooLarge(http, ticket.Bytes));
        }
        long came = 0;
        var kept = await files.Keep(ticket.Key, async file =>
        {
            came = await Copy(http.Request.Body, file, ticket.Bytes, http.RequestAborted);
            return came > 0 && came <= ticket.Bytes;
        });
        return kept ? Results.StatusCode(StatusCodes.Status201Created)
            : came > ticket.Bytes ? new Problem(await Body.TooLarge(http, ticket.Bytes))
            : came == 0 ? new Problem(Error.Invalid("the file is empty"))
            : new Problem(new Error(409, "resource/already_exists", "the file has been uploaded already"));
    }

    /// <returns>Bytes that came, one more than the most when there were more.</returns>
    static async Task<long> Copy(Stream from, Stream to, long most, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long came = 0;
            while (await from.ReadAsync(buffer, stop) is > 0 and var read)
            {
                came += read;
                if (came > most)
                {
                    return most + 1;
                }
                await to.WriteAsync(buffer.AsMemory(0, read), stop);
            }
            return came;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    IResult Get(HttpContext http, string address)
    {
        if (files.OpenRead(address) is not { } ticket)
        {
            return new Problem(Error.Forbidden("this is no address of a file; take the url of the media item"));
        }
        var left = ticket.Until - clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return new Problem(Error.Forbidden($"this address was valid until {Instants.Text(ticket.Until)}; take the url of the media item, which leads to a new one"));
        }
        if (files.Find(ticket.Key) is not { } file)
        {
            return new Problem(new Error(404, "resource/not_found", "the file was deleted"));
        }
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = $"private, max-age={(int)left.TotalSeconds}";
        return Results.File(file.FullName, ticket.ContentType, ticket.Inline ? null : ticket.FileName, new DateTimeOffset(file.LastWriteTimeUtc), enableRangeProcessing: true);
    }
}
