using System.Text;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;

namespace AWorld.Integrations.Webhooks;

/// <summary>
/// What endpoints were told of a user: it goes from the log, with their answers, and what was not told yet is not told
/// any more. That something was sent, and when, stays.
/// </summary>
sealed class WebhookTraces(WebhookDocuments documents, Principals principals) : IUserTraces
{
    const int AtOnce = 100;

    public string Module => "webhooks";

    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        var mentions = await UserMentions.Of(user, principals, stop);
        var (first, after) = from?.Split(' ') is [var endpoint, var delivery] ? (endpoint, delivery) : ("", null);
        foreach (var log in (await documents.Logs(tenant, stop)).Order(StringComparer.Ordinal).Where(log => string.CompareOrdinal(log, first) >= 0))
        {
            var page = await documents.Deliveries(tenant, log, log == first ? after : null, descending: false, AtOnce, stop);
            var stripped = 0;
            foreach (var told in page.Where(told => told.Body is { } body && mentions.Without(Encoding.UTF8.GetBytes(body)) is null))
            {
                await documents.Save(tenant, told.Strip(), stop);
                stripped++;
            }
            if (page.Count > 0)
            {
                return new(Pseudonymised: stripped, Next: $"{log} {page[^1].DeliveryId}");
            }
        }
        return new();
    }
}
