using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Integrations;

/// <summary>A request that came to a <see cref="WebhookReceiver"/>.</summary>
public sealed record WebhookCall(string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A server on this machine, as a customer's would be.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly Channel<WebhookCall> calls = Channel.CreateUnbounded<WebhookCall>();
    readonly WebApplication app;

    WebhookReceiver(WebApplication app) => this.app = app;

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Answers; at first with a 204.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = static http =>
    {
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    };

    public void AnswerWith(int status) => Answer = http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public static async Task<WebhookReceiver> Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.Run(receiver.Take);
        await receiver.app.StartAsync();
        return receiver;
    }

    async Task Take(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var call = new WebhookCall(http.Request.Path, http.Request.Headers.ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync());
        await calls.Writer.WriteAsync(call);
        await Answer(http);
    }

    /// <summary>The next request.</summary>
    public async Task<WebhookCall> Next() => await calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public bool TryNext([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WebhookCall? call) => calls.Reader.TryRead(out call);

    public bool HasMore => calls.Reader.Count > 0;

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
