using System.Net.Http.Headers;
using System.Net.Http.Json;
using AWorld.Platform;
using Azure.Core;

namespace AWorld.Functions.Mail;

/// <summary>Sends mail by Azure Communication Services' REST interface; it delivers, and tries again, by itself.</summary>
sealed class CommunicationMailer(HttpClient http, TokenCredential credential, MailOptions options, string from, TimeProvider clock) : IMailer
{
    static readonly TokenRequestContext Scope = new(["https://communication.azure.com/.default"]);

    public async Task Send(Platform.Mail mail, CancellationToken stop)
    {
        // The same id with each try: the service sends it once, also when the answer to the first was lost.
        var operation = Guid.CreateVersion7(clock.GetUtcNow());
        for (var attempt = 1; ; attempt++)
        {
            var isLast = attempt == options.Attempts;
            var wait = options.RetryAfter;
            try
            {
                using var response = await Post(mail, operation, stop);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
                if (isLast || (int)response.StatusCode is not (408 or 429 or >= 500))
                {
                    // Its content names the address.
                    throw new HttpRequestException($"Communication Services refused a mail with {(int)response.StatusCode}", null, response.StatusCode);
                }
                wait = response.Headers.RetryAfter?.Delta ?? wait;
            }
            catch (Exception lost) when (!isLast && IsLost(lost, stop))
            {
            }
            await Task.Delay(wait < options.MostRetryAfter ? wait : options.MostRetryAfter, clock, stop);
        }
    }

    /// <summary>Whether no answer came, and not because the caller left.</summary>
    static bool IsLost(Exception failure, CancellationToken stop) =>
        failure is HttpRequestException { StatusCode: null } || failure is OperationCanceledException && !stop.IsCancellationRequested;

    async Task<HttpResponseMessage> Post(Platform.Mail mail, Guid operation, CancellationToken stop)
    {
        var token = await credential.GetTokenAsync(Scope, stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Endpoint, "/emails:send?api-version=2023-03-31"))
        {
            Content = JsonContent.Create(new
            {
                senderAddress = from,
                recipients = new { to = new[] { new { address = mail.To } } },
                content = new { subject = mail.Subject, plainText = mail.Text },
                userEngagementTrackingDisabled = true,
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        request.Headers.Add("Operation-Id", operation.ToString());
        return await http.SendAsync(request, stop);
    }
}
