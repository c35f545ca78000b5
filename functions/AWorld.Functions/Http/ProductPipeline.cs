using AWorld.Platform;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Http;

/// <summary>The product's own ASP.NET Core pipeline, built once and run for each request that a function was triggered by.</summary>
public sealed class ProductPipeline(IServiceProvider services)
{
    readonly RequestDelegate run = Build(services);

    public async Task<IActionResult> Run(HttpContext http)
    {
        // The worker has routed the request to the function; the product routes it again.
        http.SetEndpoint(null);
        http.Request.RouteValues.Clear();
        await run(http);
        return new EmptyResult();
    }

    static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = services.GetRequiredService<IOptions<AzureOptions>>().Value.Proxies,
        };
        // Only the platform reaches this process, whatever address it has.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        if (forwarded.ForwardLimit > 0)
        {
            app.UseForwardedHeaders(forwarded);
        }
        app.UseAWorld();
        app.UseEndpoints(static routes => routes.MapAWorld());
        return app.Build();
    }
}
