using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>
/// The one handler of events from outside, whichever way they come. An event is applied once for ever: a claim binds
/// (source, id) to its content, and what it does to a user is in one batch with a marker of its own. So whoever is not
/// sure whether it was handled hands it over again.
/// </summary>
sealed class InboundEvents(
    InboundTypes types, InboundSettingsStore settings, InboundLog log, HeldEvents held, UserDirectory users, IDocumentStore store, IOptions<InboundOptions> options, ILogger<InboundEvents> logger)
{
    const int Buckets = 64;

    /// <param name="Made">It made a user: once, even when that user is erased and their marker lies in nobody's way.</param>
    sealed record Claim(string ContentHash, bool? Made = null);

    /// <summary>Handles an event and notes it in the log. Throws when it could not be handled now; then nothing is lost by handing it over again.</summary>
    /// <returns>The log's entry.</returns>
    public async ValueTask<(InboundResult Result, string InboundEventId)> Take(Tenant tenant, InboundEvent sent, Sender by, CancellationToken stop)
    {
        var result = await Handle(tenant, sent, by, stop);
        if (result.Status == InboundStatus.Duplicate && by.Attempt > 1)
        {
            // An attempt of the same message that did not come to its end applied it.
            result = result with { Status = InboundStatus.Accepted };
        }
        return (result, await Note(tenant, sent, result, by));
    }

    public Task<string> Note(Tenant tenant, InboundEvent sent, InboundResult result, Sender by)
    {
        Telemetry.InboundEvents.Add(1, new("status", result.Status.ToString().ToLowerInvariant()), new KeyValuePair<string, object?>("door", by.Door));
        return log.Write(tenant, new("", default, sent.Id, sent.Source, sent.Type, result.Status, by.Door)
        {
            Reason = result.Error?.Message,
            Problems = result.Error?.Details,
            UserId = result.UserId,
            Attempt = by.Attempt > 1 ? by.Attempt : null,
            RetryOf = by.RetryOf,
            Time = sent.Time,
            Subject = sent.Subject,
            Data = result.Status == InboundStatus.Duplicate ? null : sent.Data,
        });
    }

    async ValueTask<InboundResult> Handle(Tenant tenant, InboundEvent sent, Sender by, CancellationToken stop)
    {
        var rules = await settings.Of(tenant, stop);
        var read = types.Read(tenant, rules, sent, by);
        if (read.Error is { } wrong)
        {
            return InboundResult.Rejected(wrong);
        }
        if (await Bind(tenant, sent, stop) is not { } claim)
        {
            return InboundResult.Rejected(Error.Conflict($"event '{sent.Id}' of {sent.Source} came before with other content; an id names one event for ever"));
        }
        var intent = read.Value;
        var user = await Find(tenant, intent.About, stop);
        if (user is null && !intent.MakesUser)
        {
            if (rules.UnknownUsers == UnknownUsers.Reject)
            {
                return InboundResult.Rejected(Unknown(intent.About));
            }
            return await Hold(tenant, sent, intent, by, stop);
        }
        if (!intent.MakesUser)
        {
            return await Apply(intent, user, stop);
        }
        if (claim.Made == true)
        {
            return new(InboundStatus.Duplicate, UserId: user?.UserId);
        }
        var made = await Apply(intent, user, stop);
        if (made.Status != InboundStatus.Rejected)
        {
            var (partition, id) = PlaceOf(tenant, sent);
            await store.Commit(partition, [Write.Upsert(id, Json.Bytes(claim with { Made = true }))], stop);
        }
        return made;
    }

    /// <summary>Why the event would be rejected by what it says; nothing is changed.</summary>
    public async ValueTask<Error?> Check(Tenant tenant, InboundEvent sent, CancellationToken stop) => types.Read(tenant, await settings.Of(tenant, stop), sent, new("dry-run")).Error;

    static async ValueTask<InboundResult> Apply(Intent intent, UserProfile? user, CancellationToken stop)
    {
        var applied = await intent.Apply(user, stop);
        return applied.Error is { } refused
            ? InboundResult.Rejected(refused, user?.UserId)
            : new(applied.Value ? InboundStatus.Accepted : InboundStatus.Duplicate, UserId: user?.UserId);
    }

    static Error Unknown(AboutUser about) => about switch
    {
        { UserId: not null } => Error.Invalid("data.userId", "is not a user of this workspace"),
        { ExternalId: not null } => Error.Invalid("data.externalId", "no user of this workspace has it"),
        _ => Error.Invalid("data.email", "no user of this workspace has it"),
    };

    async ValueTask<InboundResult> Hold(Tenant tenant, InboundEvent sent, Intent intent, Sender by, CancellationToken stop)
    {
        var who = HeldUser.Of(intent.About);
        var status = await held.Hold(tenant, who, sent, by, stop);
        if (status is null)
        {
            return InboundResult.Rejected(Error.InvalidOperation($"{options.Value.HeldPerUser} events wait for this unknown user already"));
        }
        // Who appeared between the look and the hold was told of nothing.
        if (await Find(tenant, intent.About, stop) is not null)
        {
            await Release(tenant, who, stop);
        }
        return new(status.Value, status == InboundStatus.Held ? Unknown(intent.About) : null);
    }

    /// <summary>Null: the id is taken by other content.</summary>
    async ValueTask<Claim?> Bind(Tenant tenant, InboundEvent sent, CancellationToken stop)
    {
        var (partition, id) = PlaceOf(tenant, sent);
        var claim = new Claim(sent.ContentHash());
        if ((await store.Commit(partition, [Write.Create(id, Json.Bytes(claim))], stop)).Committed)
        {
            return claim;
        }
        return await store.Read(partition, id, stop) is { } taken && Json.Read<Claim>(taken.Body) is var before && before.ContentHash == claim.ContentHash ? before : null;
    }

    static (Partition Partition, string Id) PlaceOf(Tenant tenant, InboundEvent sent) =>
        (Partition.Integrations(tenant, $"events-{(sent.Key[0] * 31 + sent.Key[1]) % Buckets:00}"), $"inbound-event:{sent.Key}");

    async ValueTask<UserProfile?> Find(Tenant tenant, AboutUser about, CancellationToken stop) => about switch
    {
        { UserId: { } userId } => await users.Find(tenant, userId, stop),
        { ExternalId: { } externalId } => await users.ByExternalId(tenant, externalId, stop),
        _ => await users.ByEmail(tenant, about.Email!, stop),
    };

    /// <summary>Applies what waits for a user who is known by now, in its order.</summary>
    public ValueTask Release(Tenant tenant, HeldUser who, CancellationToken stop) => held.Release(tenant, who, async (waiting, stop) =>
    {
        var sender = waiting.By with { Door = "held", RetryOf = null, Attempt = waiting.By.Attempt + 1 };
        var read = types.Read(tenant, await settings.Of(tenant, stop), waiting.Event, sender);
        var result = InboundResult.Rejected(read.Error ?? Unknown(who.About));
        if (read.Succeeded)
        {
            if (await Find(tenant, read.Value.About, stop) is not { } user)
            {
                return false;
            }
            result = await Apply(read.Value, user, stop);
            result = result.Status == InboundStatus.Duplicate ? result with { Status = InboundStatus.Accepted } : result;
        }
        await Note(tenant, waiting.Event, result, sender);
        return true;
    }, stop);

    /// <summary>Rejects what waited too long, and applies what a crash or a failure kept from a user who is known.</summary>
    public async ValueTask Sweep(CancellationToken stop)
    {
        await foreach (var (tenant, who) in held.All(stop))
        {
            try
            {
                if (await Find(tenant, who.About, stop) is not null)
                {
                    await Release(tenant, who, stop);
                }
                await held.Expire(tenant, who, waiting => new(Note(tenant, waiting.Event, InboundResult.Rejected(
                    Unknown(who.About) with { Message = $"nobody with {who.Kind} {who.Value} appeared within {options.Value.HeldFor.TotalDays:0.#} days" }), waiting.By with { Door = "held", Attempt = waiting.By.Attempt + 1 })), stop);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                logger.LogWarning(failure, "Events of {Tenant} that wait for an unknown user could not be handled; trying again later", tenant);
            }
        }
    }
}

/// <summary>Tells held events that their user appeared.</summary>
sealed class HeldUserObserver(IServiceProvider services) : IUserObserver
{
    public async ValueTask Appeared(Tenant tenant, UserProfile user, string? email, CancellationToken stop)
    {
        var events = services.GetRequiredService<InboundEvents>();
        foreach (var who in new[] { new HeldUser("userId", user.UserId), user.ExternalId is { } externalId ? new("externalId", externalId) : null, email is null ? null : new("email", EmailAddress.Normalize(email)) }.OfType<HeldUser>())
        {
            await events.Release(tenant, who, stop);
        }
    }
}
