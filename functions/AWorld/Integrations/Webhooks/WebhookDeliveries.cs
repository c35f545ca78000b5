using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tenancy;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations.Webhooks;

/// <summary>What is to be done for an endpoint, at once or later: a message of the queue <see cref="WebhookDeliveries.Queue"/>.</summary>
/// <param name="DeliveryId">To attempt; null: to resend what was delivered.</param>
/// <param name="Attempt">Its number, from 1: so that a message that comes twice attempts once.</param>
/// <param name="Resend">Which.</param>
sealed record WebhookWork(string WebhookEndpointId, string? DeliveryId, int Attempt, WebhookResend? Resend = null);

/// <param name="After">The position it has got to.</param>
/// <param name="Until">When it was asked for; nothing younger is sent again.</param>
sealed record WebhookResend(string After, DateTimeOffset Until, bool OnlyFailed);

/// <summary>
/// Brings events to endpoints: a first attempt in the order of each user's events, then up to ten more over 72 hours. A
/// delivery is stored before its message is completed, and each further attempt is a scheduled message; so whatever
/// dies, it is attempted again.
/// </summary>
sealed class WebhookDeliveries(
    WebhookDocuments documents, WebhookSender sender, IMessagePublisher publisher, Memberships memberships, Principals principals, UserDirectory directory, IMailer mailer,
    IOptions<WebhooksOptions> options, WorkspaceClocks clocks, ILogger<WebhookDeliveries> log) : IDisposable
{
    public static readonly MessageEntity Queue = MessageEntity.Queue("aworld-webhooks", new("") { MaxDeliveryCount = 1000 }) with { DuplicateDetection = TimeSpan.FromMinutes(10) };

    /// <summary>After each failed attempt: 72 hours in all.</summary>
    public static readonly IReadOnlyList<TimeSpan> Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(16.4), TimeSpan.FromHours(24),
    ];

    const int ResentAtOnce = 50;
    const int MostNotified = 10;
    const int Tries = 5;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>After a failure an endpoint is left alone for this long; what comes meanwhile is tried as late as if it had failed too.</summary>
    static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, Traffic> traffic = new(StringComparer.Ordinal);

    sealed class Traffic(int concurrent) : IDisposable
    {
        public readonly SemaphoreSlim Places = new(concurrent);
        public long FailedAt;
        public bool Fails = true;
        public bool HasFailed;

        public void Dispose() => Places.Dispose();
    }

    /// <summary>The first attempt for an event, unless it was made before.</summary>
    /// <param name="at">The same when it comes again.</param>
    public async Task Deliver(Tenant tenant, WebhookEndpoint endpoint, string eventId, string eventType, string body, DateTimeOffset at, CancellationToken stop)
    {
        var id = WebhookDocuments.DeliveryId(at, eventId);
        var delivery = await documents.Delivery(tenant, endpoint.WebhookEndpointId, id, stop)
            ?? new(id, endpoint.WebhookEndpointId, eventId, eventType, DeliveryState.Pending, [], null, null, at, body);
        if (delivery.State == DeliveryState.Pending)
        {
            delivery = delivery.Attempts.Count == 0 ? await Attempt(tenant, endpoint, delivery, stop) : delivery;
            await Schedule(tenant, delivery, stop);
        }
    }

    /// <summary>A further attempt, unless it was made before or nothing is to be sent there any more.</summary>
    public async Task Continue(Tenant tenant, WebhookWork work, CancellationToken stop)
    {
        if (await documents.Find(tenant, work.WebhookEndpointId, stop) is not var (endpoint, _))
        {
            return;
        }
        if (work.Resend is { } resend)
        {
            await Resend(tenant, endpoint, resend, stop);
        }
        else if (await documents.Delivery(tenant, work.WebhookEndpointId, work.DeliveryId!, stop) is { State: DeliveryState.Pending } delivery)
        {
            if (endpoint.Status == WebhookStatus.Disabled)
            {
                await documents.Save(tenant, delivery with { State = DeliveryState.Failed, NextAttemptAt = null }, stop);
                return;
            }
            await Schedule(tenant, delivery.Attempts.Count < work.Attempt ? await Attempt(tenant, endpoint, delivery, stop) : delivery, stop);
        }
    }

    /// <summary>Sends once, for a person who waits for the result.</summary>
    public async Task<WebhookDelivery> Try(Tenant tenant, WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken stop)
    {
        var attempt = await sender.Send(tenant, endpoint, delivery, stop);
        var tried = delivery with { State = attempt.Succeeded ? DeliveryState.Succeeded : DeliveryState.Failed, Attempts = [attempt] };
        await documents.Save(tenant, tried, stop);
        return tried;
    }

    /// <summary>For a person who is told when it cannot be. It does not end when they hang up: what is stored as pending needs its message.</summary>
    public async Task<WebhookDelivery> ResendNow(Tenant tenant, WebhookDelivery delivery, DateTimeOffset at)
    {
        var again = Again(delivery, at);
        var added = await documents.Add(tenant, again, CancellationToken.None);
        try
        {
            await publisher.Send(tenant, Queue.Name, [NextAttempt(again)], CancellationToken.None);
        }
        catch when (added is not null)
        {
            await documents.Remove(tenant, again, added, CancellationToken.None);
            throw;
        }
        return again;
    }

    static WebhookDelivery Again(WebhookDelivery delivery, DateTimeOffset at) => new(
        WebhookDocuments.DeliveryId(at, delivery.EventId), delivery.WebhookEndpointId, delivery.EventId, delivery.EventType, DeliveryState.Pending, [], null, delivery.ResendOf ?? delivery.DeliveryId, at, delivery.Body);

    public ValueTask ResendSince(Tenant tenant, string endpointId, WebhookResend resend, CancellationToken stop) =>
        publisher.Send(tenant, Queue.Name, [new(Ids.Derive(endpointId, resend.After, Instants.Text(resend.Until)), Json.Bytes(new WebhookWork(endpointId, null, 0, resend)))], stop);

    async Task Resend(Tenant tenant, WebhookEndpoint endpoint, WebhookResend resend, CancellationToken stop)
    {
        var page = await documents.Deliveries(tenant, endpoint.WebhookEndpointId, resend.After, descending: false, ResentAtOnce, stop);
        foreach (var delivery in page.Where(one => one is { ResendOf: null, Body: not null } && one.CreatedAt < resend.Until && (!resend.OnlyFailed || one.State == DeliveryState.Failed)))
        {
            var again = Again(delivery, resend.Until);
            await documents.Add(tenant, again, stop);
            await Schedule(tenant, again, stop);
        }
        if (page.Count == ResentAtOnce && page[^1].CreatedAt < resend.Until)
        {
            await ResendSince(tenant, endpoint.WebhookEndpointId, resend with { After = page[^1].DeliveryId }, stop);
        }
    }

    /// <summary>The same when what asks for it comes again.</summary>
    static Message NextAttempt(WebhookDelivery delivery)
    {
        var next = delivery.Attempts.Count + 1;
        return new(Ids.Derive(delivery.WebhookEndpointId, delivery.DeliveryId, next.ToString(CultureInfo.InvariantCulture)), Json.Bytes(new WebhookWork(delivery.WebhookEndpointId, delivery.DeliveryId, next)))
        {
            ScheduledEnqueueTime = delivery.NextAttemptAt,
        };
    }

    /// <summary>
    /// Where there is no room for long, the delivery is given up and can be resent. When messages cannot be sent at all, the
    /// one that is handled fails and comes again, and what was attempted is not attempted anew.
    /// </summary>
    async Task Schedule(Tenant tenant, WebhookDelivery delivery, CancellationToken stop)
    {
        if (delivery.State != DeliveryState.Pending)
        {
            return;
        }
        for (var tried = 1; ; tried++)
        {
            try
            {
                await publisher.Send(tenant, Queue.Name, [NextAttempt(delivery)], stop);
                return;
            }
            catch (StoreBusyException busy) when (busy is not MessagesUnavailableException)
            {
                if (tried == Tries)
                {
                    log.LogWarning(busy, "The next attempt of delivery {DeliveryId} of {Tenant} found no room {Tries} times; the delivery is given up and can be resent", delivery.DeliveryId, tenant, Tries);
                    await documents.Save(tenant, delivery with { State = DeliveryState.Failed, NextAttemptAt = null }, stop);
                    return;
                }
                await Task.Delay(busy.RetryAfter, clocks.Real, stop);
            }
        }
    }

    /// <summary>The delivery as it is stored afterwards.</summary>
    async Task<WebhookDelivery> Attempt(Tenant tenant, WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken stop)
    {
        var isLast = delivery.Attempts.Count == Delays.Count;
        var attempt = await Attempt(tenant, endpoint, delivery, isLast, stop);
        IReadOnlyList<WebhookAttempt> attempts = [.. delivery.Attempts, attempt];
        var after = attempt.Succeeded || attempt.IsGone || isLast
            ? delivery with { State = attempt.Succeeded ? DeliveryState.Succeeded : DeliveryState.Failed, Attempts = attempts, NextAttemptAt = null }
            : delivery with { Attempts = attempts, NextAttemptAt = Instants.Truncate(clocks.Real.GetUtcNow() + Delays[attempts.Count - 1]) };
        await documents.Save(tenant, after, stop);
        if (await IsAboutErased(tenant, delivery, stop))
        {
            // Perhaps the erasure has gone over the log before.
            after = after.Strip();
            await documents.Save(tenant, after, stop);
        }
        return after;
    }

    async ValueTask<bool> IsAboutErased(Tenant tenant, WebhookDelivery delivery, CancellationToken stop) =>
        delivery.EventType != UserEvents.Erased
        && JsonElement.Parse(delivery.Body!).TryGetProperty("data", out var data) && data.TryGetProperty("userId", out var userId) && userId.GetString() is { } id
        && await directory.Find(tenant, id, stop) is null;

    /// <param name="isLast">It is made in any case.</param>
    async Task<WebhookAttempt> Attempt(Tenant tenant, WebhookEndpoint endpoint, WebhookDelivery delivery, bool isLast, CancellationToken stop)
    {
        var way = traffic.GetOrAdd(endpoint.WebhookEndpointId, _ => new(options.Value.ConcurrentPerEndpoint));
        if (!isLast && way.HasFailed && clocks.Real.GetElapsedTime(Volatile.Read(ref way.FailedAt)) < LeftAlone)
        {
            return NotMade("it failed a moment ago and was left alone");
        }
        if (!await way.Places.WaitAsync(isLast ? Timeout.InfiniteTimeSpan : Patience, stop))
        {
            return NotMade("too many requests to it were under way");
        }
        try
        {
            var attempt = await sender.Send(tenant, endpoint, delivery, stop);
            await Judge(tenant, endpoint, way, attempt, stop);
            return attempt;
        }
        finally
        {
            way.Places.Release();
        }

        WebhookAttempt NotMade(string why) => new(Instants.Truncate(clocks.Real.GetUtcNow()), endpoint.Url, new Dictionary<string, string>(), null, why, null, 0);
    }

    /// <summary>Notes that the endpoint fails, or does so no more, and disables one that has failed for too long or is gone.</summary>
    async Task Judge(Tenant tenant, WebhookEndpoint endpoint, Traffic way, WebhookAttempt attempt, CancellationToken stop)
    {
        if (attempt.Succeeded)
        {
            way.HasFailed = false;
            if (way.Fails)
            {
                await documents.Succeeds(tenant, endpoint.WebhookEndpointId, stop);
                way.Fails = false;
            }
            return;
        }
        Volatile.Write(ref way.FailedAt, clocks.Real.GetTimestamp());
        way.HasFailed = true;
        way.Fails = true;
        await documents.Fails(tenant, endpoint.WebhookEndpointId, attempt.At, stop);
        if (attempt.IsGone)
        {
            await Disable(tenant, endpoint.WebhookEndpointId, "it answered 410 Gone", stop);
        }
        else if (await documents.FailingSince(tenant, endpoint.WebhookEndpointId, stop) is { } since && since + options.Value.DisabledAfter <= attempt.At)
        {
            await Disable(tenant, endpoint.WebhookEndpointId, $"it has failed since {Instants.Text(since)}, last with {(attempt.Status is { } status ? $"status {status}" : attempt.Error)}", stop);
        }
    }

    async Task Disable(Tenant tenant, string endpointId, string reason, CancellationToken stop)
    {
        if (await documents.Find(tenant, endpointId, stop) is not var (endpoint, etag) || endpoint.Status == WebhookStatus.Disabled)
        {
            return;
        }
        var disabled = endpoint with { Status = WebhookStatus.Disabled, Reason = reason, UpdatedAt = Instants.Truncate(clocks.Real.GetUtcNow()) };
        await documents.Tell(tenant, disabled, stop);
        if (await documents.Save(tenant, disabled, etag, stop))
        {
            await documents.Settle(tenant, stop);
            await Notify(tenant, disabled, stop);
        }
    }

    async Task Notify(Tenant tenant, WebhookEndpoint disabled, CancellationToken stop)
    {
        try
        {
            foreach (var to in disabled.NotificationEmail is { } named ? [named] : await Owners(tenant.AccountId, stop))
            {
                await mailer.Send(new(to, "A webhook was disabled",
                    $"The webhook endpoint {disabled.WebhookEndpointId} ({disabled.Url}) of workspace {tenant.WorkspaceId} was disabled: {disabled.Reason}.\n\nEnable it when it works again; then resend what it has missed."), stop);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogWarning(failure, "Nobody was told by mail that webhook endpoint {EndpointId} of {Tenant} was disabled", disabled.WebhookEndpointId, tenant);
        }
    }

    async Task<List<string>> Owners(string accountId, CancellationToken stop)
    {
        var owners = new List<string>();
        foreach (var owner in (await memberships.List(accountId, stop)).Where(static one => one is { WorkspaceId: null, Role: Role.Owner }).Take(MostNotified))
        {
            if (await principals.Find(owner.PrincipalId, stop) is { } principal)
            {
                owners.Add(principal.Email);
            }
        }
        return owners;
    }

    public void Dispose()
    {
        foreach (var way in traffic.Values)
        {
            way.Dispose();
        }
    }
}
