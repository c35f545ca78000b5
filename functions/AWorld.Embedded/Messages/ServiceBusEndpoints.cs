using System.Globalization;
using System.Text.Json;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>Service Bus's REST protocol, for systems outside: they send to queues and topics, and receive their own workspace's messages.</summary>
sealed class ServiceBusEndpoints(Broker broker, SharedAccess access, MessageEntities entities, IHostApplicationLifetime lifetime, Ids ids)
{
    public const string BatchType = "application/vnd.microsoft.servicebus.json";
    const int MostSeconds = 60;

    /// <summary>Of one request.</summary>
    const int BatchMessages = 500;
    const string DeadLetters = "$deadletterqueue";

    sealed record BatchItem(string? Body, BrokerProperties? BrokerProperties, Dictionary<string, JsonElement>? UserProperties);

    /// <summary>Where a request leads once its token is known to be good.</summary>
    sealed record Target(Tenant Tenant, MessageEntity Entity, string? Subscription, bool DeadLetters);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var bus = routes.MapGroup("/servicebus/{entity}").ExcludeFromDescription();
        bus.MapPost("/messages", static (HttpContext http, ServiceBusEndpoints it, CancellationToken stop) => it.Send(http, stop)).Operation("messages/send").Public();
        foreach (var (path, name) in new[] { ("", "messages"), ("/" + DeadLetters, "deadLetters"), ("/subscriptions/{subscription}", "subscriptionMessages"), ($"/subscriptions/{{subscription}}/{DeadLetters}", "subscriptionDeadLetters") })
        {
            var messages = bus.MapGroup(path + "/messages");
            messages.MapPost("/head", static (HttpContext http, ServiceBusEndpoints it, CancellationToken stop) => it.Receive(http, keep: true, stop)).Operation($"{name}/peekLock").Public();
            messages.MapDelete("/head", static (HttpContext http, ServiceBusEndpoints it, CancellationToken stop) => it.Receive(http, keep: false, stop)).Operation($"{name}/receiveAndDelete").Public();
            messages.MapDelete("/{message}/{lockToken}", static (HttpContext http, ServiceBusEndpoints it, CancellationToken stop) => it.Settle(http, static (entity, queue, token, stop) => entity.Complete(queue, token, stop), stop)).Operation($"{name}/complete").Public();
            messages.MapPut("/{message}/{lockToken}", static (HttpContext http, ServiceBusEndpoints it, CancellationToken stop) => it.Settle(http, static (entity, queue, token, _) => Task.FromResult(entity.Abandon(queue, token)), stop)).Operation($"{name}/unlock").Public();
            messages.MapPost("/{message}/{lockToken}", static (HttpContext http, ServiceBusEndpoints it, CancellationToken stop) => it.Settle(http, static (entity, queue, token, _) => Task.FromResult(entity.Renew(queue, token) is not null), stop)).Operation($"{name}/renewLock").Public();
        }
    }

    async Task<Result<Target>> Find(HttpContext http, AccessRights right, CancellationToken stop)
    {
        var (name, subscription) = ((string)http.Request.RouteValues["entity"]!, (string?)http.Request.RouteValues["subscription"]);
        if (entities.Find(name) is not { } entity)
        {
            return Error.InvalidToken($"there is no token for '{name}'");
        }
        var verified = await access.Verify(http.Request.Headers.Authorization, entity, http.Request.Path.Value!, right, stop);
        if (verified.Error is { } refused)
        {
            return refused;
        }
        return new Target(verified.Value, entity, subscription, http.Request.Path.Value!.Contains($"/{DeadLetters}/", StringComparison.OrdinalIgnoreCase));
    }

    async Task<Result<(Target Target, BrokerEntity Entity, BrokerQueue Queue)>> Open(HttpContext http, CancellationToken stop)
    {
        var found = await Find(http, AccessRights.Listen, stop);
        if (found.Error is { } refused)
        {
            return refused;
        }
        var target = found.Value;
        if (target.Entity.Find(target.Subscription) is null)
        {
            return new Error(404, "resource/not_found", target.Subscription is { } name ? $"'{target.Entity.Name}' has no subscription '{name}'" : $"'{target.Entity.Name}' is a topic; receive from one of its subscriptions");
        }
        var entity = await broker.Open(target.Tenant, target.Entity, stop);
        return (target, entity, entity.Find(target.Subscription, target.DeadLetters));
    }

    async Task<IResult> Send(HttpContext http, CancellationToken stop)
    {
        var found = await Find(http, AccessRights.Send, stop);
        if (found.Error is { } refused)
        {
            return new Problem(refused);
        }
        if (await Body.ReadAll(http, Body.LimitBytes) is not { } body)
        {
            return new Problem(await Body.TooLarge(http));
        }
        var isBatch = http.Request.ContentType?.StartsWith(BatchType, StringComparison.OrdinalIgnoreCase) == true;
        var messages = isBatch ? Batch(body) : One(http.Request, body);
        if (messages.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        IReadOnlyList<Message> sent = [.. messages.Value.Select(message => FromOutside(found.Value.Entity, message))];
        foreach (var message in sent)
        {
            if (broker.Refusal(found.Value.Entity, message) is { } invalid)
            {
                return new Problem(invalid);
            }
        }
        await broker.Send(found.Value.Tenant, found.Value.Entity.Name, sent, stop);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    /// <summary>
    /// A message that claims to be the product's own is not. What names no session is in order with nothing; Service Bus
    /// itself would refuse it.
    /// </summary>
    static Message FromOutside(MessageEntity entity, Message message) => message with
    {
        Properties = message.Properties.Where(static property => !property.Key.Equals(MessageEntities.OriginProperty, StringComparison.OrdinalIgnoreCase)).ToDictionary(StringComparer.Ordinal),
        SessionId = message.SessionId ?? (entity.Receivers.Any(static receiver => receiver.RequiresSession) ? message.MessageId : null),
    };

    Result<IReadOnlyList<Message>> One(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var properties = request.Headers[BrokerProperties.Header] is [{ } header] ? BrokerProperties.Parse(header) : new BrokerProperties();
        if (properties.Error is { } wrong)
        {
            return wrong;
        }
        var message = properties.Value.Message(ids.New(), body, request.ContentType, PropertyHeaders.Read(request.Headers));
        return message.Map(static one => (IReadOnlyList<Message>)[one]);
    }

    Result<IReadOnlyList<Message>> Batch(ReadOnlyMemory<byte> body)
    {
        List<BatchItem>? items;
        try
        {
            items = JsonSerializer.Deserialize<List<BatchItem>>(body.Span, BatchOptions);
        }
        catch (JsonException wrong)
        {
            return UnreadableJson.Of(wrong, typeof(List<BatchItem>));
        }
        if (items is not { Count: > 0 and <= BatchMessages } || items.Contains(null!))
        {
            return Error.Invalid($"a batch has 1 to {BatchMessages} messages");
        }
        var messages = new List<Message>(items.Count);
        foreach (var item in items)
        {
            var properties = item.UserProperties?.ToDictionary(static one => one.Key, static one => one.Value.ValueKind == JsonValueKind.String ? one.Value.GetString()! : one.Value.GetRawText(), StringComparer.Ordinal) ?? [];
            var message = (item.BrokerProperties ?? new()).Message(ids.New(), System.Text.Encoding.UTF8.GetBytes(item.Body ?? ""), null, properties);
            if (message.Error is { } wrong)
            {
                return wrong;
            }
            messages.Add(message.Value);
        }
        return messages;
    }

    static readonly JsonSerializerOptions BatchOptions = new() { PropertyNameCaseInsensitive = true };

    async Task<IResult> Receive(HttpContext http, bool keep, CancellationToken stop)
    {
        var opened = await Open(http, stop);
        if (opened.Error is { } refused)
        {
            return new Problem(refused);
        }
        var (_, entity, queue) = opened.Value;
        if (queue.BySession)
        {
            return new Problem(Error.InvalidOperation("it is received by session, which this protocol cannot do"));
        }
        var seconds = MostSeconds;
        if (http.Request.Query["timeout"] is [{ } text] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds <= MostSeconds))
        {
            return new Problem(Error.Invalid("timeout", $"must be a whole number of seconds from 0 to {MostSeconds}"));
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, lifetime.ApplicationStopping);
        try
        {
            if (await entity.Receive(queue, 1, TimeSpan.FromSeconds(seconds), either.Token) is not [var message])
            {
                return Results.NoContent();
            }
            if (!keep)
            {
                await entity.Complete(queue, message.LockToken, CancellationToken.None);
            }
            return Deliver(http, message, keep);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.NoContent();
        }
    }

    static Content Deliver(HttpContext http, ReceivedMessage received, bool isHeld)
    {
        var headers = http.Response.Headers;
        foreach (var (name, value) in received.Message.Properties.Where(static property => PropertyHeaders.Carries(property.Key)))
        {
            headers[name] = PropertyHeaders.Quote(value);
        }
        if (received.DeadLetter is { } dead)
        {
            headers["DeadLetterReason"] = PropertyHeaders.Quote(dead.Reason);
            headers["DeadLetterErrorDescription"] = PropertyHeaders.Quote(dead.Description);
        }
        headers[BrokerProperties.Header] = BrokerProperties.Of(received, isHeld).ToJson();
        if (isHeld)
        {
            var path = http.Request.Path.Value!;
            headers.Location = $"{http.Request.Scheme}://{http.Request.Host}{path[..path.LastIndexOf('/')]}/{received.SequenceNumber.ToString(CultureInfo.InvariantCulture)}/{received.LockToken}";
        }
        http.Response.StatusCode = isHeld ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        return new Content(received.Message);
    }

    sealed class Content(Message message) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = message.ContentType;
            httpContext.Response.ContentLength = message.Body.Length;
            return httpContext.Response.Body.WriteAsync(message.Body, httpContext.RequestAborted).AsTask();
        }
    }

    async Task<IResult> Settle(HttpContext http, Func<BrokerEntity, BrokerQueue, Guid, CancellationToken, Task<bool>> settle, CancellationToken stop)
    {
        var opened = await Open(http, stop);
        if (opened.Error is { } refused)
        {
            return new Problem(refused);
        }
        var (_, entity, queue) = opened.Value;
        var (message, lockToken) = ((string)http.Request.RouteValues["message"]!, (string)http.Request.RouteValues["lockToken"]!);
        return Guid.TryParse(lockToken, out var token) && entity.Held(queue, token) is { } held
            && (held.MessageId == message || held.Number.ToString(CultureInfo.InvariantCulture) == message) && await settle(entity, queue, token, stop)
                ? Results.StatusCode(StatusCodes.Status200OK)
                : new Problem(new Error(404, "resource/not_found", $"nobody holds message '{message}' with this lock token; the lock may have ended"));
    }
}
