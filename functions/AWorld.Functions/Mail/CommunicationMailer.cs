using System.Net.Http.Headers;
using System.Net.Http.Json;
using AWorld.Platform;
using Azure.Core;

namespace AWorld.Functions.Mail;

/// <summary>Sends mail by Azure Communication Services' REST interface; it delivers, and tries again, by itself.</summary>
sealed class CommunicationMailer(HttpClient http, TokenCredential credential, MailOptions options, string from, Ids ids, TimeProvider clock) : IMailer
{
    static readonly TokenRequestContext Scope = new(["https://communication.azure.com/.default"]);

    public async Task Send(Platform.Mail mail, CancellationToken stop)
    {
        // The same id with each try: the service sends it once.
        var operation = ids.New();
        for (var attempt = 1; ; attempt++)
        {
            using var response = await Post(mail, operation, stop);
            if (response.IsSuccessStatusCode)
            {
                return;
            }
            if (attempt == options.Attempts || (int)response.StatusCode is not (429 or >= 500))
            {
                // Its content names the address.
                throw new HttpRequestException($"Communication Services refused a mail with {(int)response.StatusCode}", null, response.StatusCode);
            }
            var wait = response.Headers.RetryAfter?.Delta ?? options.RetryAfter;
            await Task.Delay(wait < options.MostRetryAfter ? wait : options.MostRetryAfter, clock, stop);
        }
    }

    async Task<HttpResponseMessage> Post(Platform.Mail mail, string operation, CancellationToken stop)
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
        request.Headers.Add("Operation-Id", new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(operation)).AsSpan(0, 16)).ToString());
        return await http.SendAsync(request, stop);
    }
}
