using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using AWorld.Integrations.Events;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations.Webhooks;

/// <summary>Makes one attempt: a signed request, whose answer is read only so far, and never followed elsewhere.</summary>
sealed class WebhookSender(IOptions<WebhooksOptions> options, IKeyProtection protection, WorkspaceClocks clocks) : IDisposable
{
    const int AnswerBytes = 64 * 1024;
    const int LoggedCharacters = 4 * 1024;

    readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = 64,
        MaxResponseHeadersLength = 16,
        ConnectTimeout = options.Value.Timeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ActivityHeadersPropagator = null,
        ConnectCallback = (context, stop) => PublicAddresses.Connect(context, options.Value.AllowPrivateAddresses, stop),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    public static string Purpose(Tenant tenant, string endpointId) => $"webhook {tenant} {endpointId}";

    public async Task<WebhookAttempt> Send(Tenant tenant, WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken stop)
    {
        var now = clocks.Real.GetUtcNow();
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = delivery.EventId,
            ["webhook-timestamp"] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        };
        var began = Stopwatch.GetTimestamp();
        var (status, answer, error) = await Request(tenant, endpoint, delivery, now, headers, stop);
        return new(Instants.Truncate(now), endpoint.Url, headers, status, error, answer, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    async Task<(int? Status, string? Answer, string? Error)> Request(
        Tenant tenant, WebhookEndpoint endpoint, WebhookDelivery delivery, DateTimeOffset now, Dictionary<string, string> headers, CancellationToken stop)
    {
        var url = new Uri(endpoint.Url);
        if (url.Scheme != Uri.UriSchemeHttps && !options.Value.AllowHttp)
        {
            return (null, null, "it must be called by https");
        }
        var secrets = from secret in endpoint.Secrets
                      where !(secret.ExpiresAt <= now)
                      let clear = protection.Unprotect(Purpose(tenant, endpoint.WebhookEndpointId), secret.Protected)
                      where clear is not null
                      select Encoding.UTF8.GetString(clear);
        var body = delivery.Body!;
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(EventMapping.ContentType);
        request.Headers.UserAgent.Add(new("AWorld-Webhooks", "1.0"));
        foreach (var (name, value) in headers.Append(new("webhook-signature", WebhookSignature.Of(secrets, delivery.EventId, now.ToUnixTimeSeconds(), body))))
        {
            request.Headers.Add(name, value);
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(options.Value.Timeout);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return ((int)response.StatusCode, await Read(response, patience.Token), null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, null, $"it did not answer within {options.Value.Timeout.TotalSeconds:0.#} seconds");
        }
        catch (HttpRequestException failure)
        {
            return (null, null, failure.GetBaseException().Message);
        }
        catch (IOException failure)
        {
            return (null, null, failure.Message);
        }
    }

    static async Task<string> Read(HttpResponseMessage response, CancellationToken stop)
    {
        await using var content = await response.Content.ReadAsStreamAsync(stop);
        var buffer = new byte[AnswerBytes];
        var read = await content.ReadAtLeastAsync(buffer, AnswerBytes, throwOnEndOfStream: false, stop);
        var text = Encoding.UTF8.GetString(buffer.AsSpan(0, read));
        return text.Length > LoggedCharacters ? text[..LoggedCharacters] : text;
    }

    public void Dispose() => client.Dispose();
}
