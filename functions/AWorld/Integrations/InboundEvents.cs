using AWorld.Game;
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
    InboundTypes types, InboundSettingsStore settings, InboundLog log, InboundClaims claims, HeldEvents held, UserDirectory users, Players players, IDocumentStore store, IOptions<InboundOptions> options, ILogger<InboundEvents> logger)
{
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

    public Task<string> Note(Tenant tenant, InboundEvent sent, InboundResult result, Sender by) => Note(
        tenant, new("", default, sent.Id, sent.Source, sent.Type, result.Status, by.Channel)
        {
            Reason = result.Error?.Message,
            Problems = result.Error?.Details,
            UserId = result.UserId,
            Overtaken = result.Overtaken,
            Attempt = by.Attempt > 1 ? by.Attempt : null,
            RetryOf = by.RetryOf,
            Time = sent.Time,
            Subject = sent.Subject,
            Data = result.Status == InboundStatus.Duplicate ? null : sent.Data,
        });

    /// <summary>Notes what came in and is no event, without its content, of which nobody has seen what it is.</summary>
    public Task<string> NoteUnreadable(Tenant tenant, string? id, string? source, Error why, Sender by) =>
        Note(tenant, new("", default, Cut(id), Cut(source), null, InboundStatus.Rejected, by.Channel) { Reason = Cut(why.Message), Problems = why.Details, RetryOf = by.RetryOf });

    static string? Cut(string? text) => text is { Length: > InboundEvent.MostCharacters } ? text[..InboundEvent.MostCharacters] : text;

    Task<string> Note(Tenant tenant, InboundEntry entry)
    {
        Telemetry.InboundEvents.Add(1, new("status", entry.Status.ToString().ToLowerInvariant()), new KeyValuePair<string, object?>("channel", entry.Channel));
        return log.Write(tenant, entry);
    }

    async ValueTask<InboundResult> Handle(Tenant tenant, InboundEvent sent, Sender by, CancellationToken stop)
    {
        var rules = await settings.Of(tenant, stop);
        var read = types.Read(tenant, rules, sent, by);
        if (read.Error is { } wrong)
        {
            return InboundResult.Rejected(wrong);
        }
        var intent = read.Value;
        var (user, awaited) = await Look(tenant, intent, stop);
        // What is refused leaves its id to the event as it is sent again; one that was taken is what it was.
        if (await Refusal(rules, sent, intent, user, awaited, stop) is { } refused && await claims.Find(tenant, sent, stop) is null)
        {
            return InboundResult.Rejected(refused, user?.UserId);
        }
        if (await claims.Bind(tenant, sent, user?.UserId, stop) is not { } claim)
        {
            return InboundResult.Rejected(OtherContent(sent), user?.UserId);
        }
        var result = await Handle(tenant, rules, sent, claim, intent, user, awaited, by, stop);
        if (result.Status == InboundStatus.Rejected && claim.IsNew)
        {
            await Free(tenant, sent, stop);
        }
        return result;
    }

    /// <summary>With its id bound to its content.</summary>
    async ValueTask<InboundResult> Handle(
        Tenant tenant, InboundSettings rules, InboundEvent sent, InboundClaim claim, Intent intent, UserProfile? user, HeldUser? awaited, Sender by, CancellationToken stop)
    {
        if (claim.UserId is { } other && other != user?.UserId && await WasApplied(tenant, other, sent, intent, stop))
        {
            return new(InboundStatus.Duplicate, UserId: other);
        }
        if (awaited is not null)
        {
            return rules.UnknownUsers == UnknownUsers.Reject ? InboundResult.Rejected(Missing(awaited, sent), user?.UserId) : await Hold(tenant, awaited, sent, intent, by, stop);
        }
        if (!intent.MakesUser)
        {
            return await Apply(tenant, sent, claim, intent, user, stop);
        }
        if (claim.Made == true)
        {
            return new(InboundStatus.Duplicate, UserId: claim.UserId ?? user?.UserId);
        }
        var made = await Apply(tenant, sent, claim, intent, user, stop);
        if (made.Status != InboundStatus.Rejected)
        {
            await claims.MadeUser(tenant, sent, claim, made.UserId, stop);
        }
        return made;
    }

    ValueTask Free(Tenant tenant, InboundEvent sent, CancellationToken stop) =>
        claims.Free(tenant, sent, userId => WasApplied(tenant, userId, sent, null, stop), stop);

    static async ValueTask<Error?> Refusal(InboundSettings rules, InboundEvent sent, Intent intent, UserProfile? user, HeldUser? awaited, CancellationToken stop) =>
        awaited is not null && rules.UnknownUsers == UnknownUsers.Reject ? Missing(awaited, sent) : await intent.Check(user, stop);

    static Error OtherContent(InboundEvent sent) => Error.Conflict($"event '{sent.Id}' of {sent.Source} came before with other content; an id names one event for ever");

    /// <summary>What would become of the event if it came in now; nothing is changed.</summary>
    public async ValueTask<InboundResult> Foresee(Tenant tenant, InboundEvent sent, CancellationToken stop)
    {
        var rules = await settings.Of(tenant, stop);
        var read = types.Read(tenant, rules, sent, new("dry-run"));
        if (read.Error is { } wrong)
        {
            return InboundResult.Rejected(wrong);
        }
        var (user, awaited) = await Look(tenant, read.Value, stop);
        var claim = await claims.Find(tenant, sent, stop);
        return claim is not null && claim.ContentHash != sent.ContentHash() ? InboundResult.Rejected(OtherContent(sent), user?.UserId)
            : claim?.Made == true || claim?.UserId is { } of && await WasApplied(tenant, of, sent, read.Value, stop) ? new(InboundStatus.Duplicate, UserId: claim!.UserId ?? user?.UserId)
            : awaited is not null && await held.Has(tenant, awaited, sent, stop) ? new(InboundStatus.Duplicate, UserId: user?.UserId)
            : await Refusal(rules, sent, read.Value, user, awaited, stop) is { } refused ? InboundResult.Rejected(refused, user?.UserId)
            : awaited is not null ? new(InboundStatus.Held, Missing(awaited, sent), user?.UserId)
            : new(InboundStatus.Accepted, UserId: user?.UserId);
    }

    /// <param name="claim">Null: not read yet.</param>
    async ValueTask<InboundResult> Apply(Tenant tenant, InboundEvent sent, InboundClaim? claim, Intent intent, UserProfile? user, CancellationToken stop)
    {
        if (user is not null && claim?.UserId != user.UserId && !await claims.BindUser(tenant, sent, user.UserId, other => WasApplied(tenant, other, sent, intent, stop), stop))
        {
            return new(InboundStatus.Duplicate);
        }
        var applied = await intent.Apply(user, stop);
        if (applied.Error is { } refused)
        {
            return InboundResult.Rejected(refused, user?.UserId);
        }
        if (user is not null && intent.TakesBack is null && HeldUser.ActionsOf(user.UserId) is var actions && await held.Any(tenant, actions, stop))
        {
            await Release(tenant, actions, stop);
        }
        return new(applied.Value.Now ? InboundStatus.Accepted : InboundStatus.Duplicate, UserId: applied.Value.UserId ?? user?.UserId, Overtaken: applied.Value.Overtaken);
    }

    static Error Missing(HeldUser awaited, InboundEvent sent) => awaited.Kind switch
    {
        "externalId" when !sent.Data.TryGetProperty("externalId", out _) => Error.Invalid("subject", "no user of this workspace has it as externalId"),
        "userId" => Error.Invalid("data.userId", "is not a user of this workspace"),
        HeldUser.Actions => Error.Invalid("data", "names no action of the user"),
        var kind => Error.Invalid($"data.{kind}", "no user of this workspace has it"),
    };

    /// <summary>The user, and what the event waits for, be it the user or an action of theirs; null: nothing.</summary>
    async ValueTask<(UserProfile? User, HeldUser? Awaited)> Look(Tenant tenant, Intent intent, CancellationToken stop)
    {
        var user = await Find(tenant, intent.About, stop);
        if (user is null)
        {
            return (null, intent.MakesUser ? null : HeldUser.Of(intent.About));
        }
        return (user, intent.TakesBack is { } logId && await players.Journal.ActionEntry(tenant, user.UserId, logId, stop) is null ? HeldUser.ActionsOf(user.UserId) : null);
    }

    async ValueTask<InboundResult> Hold(Tenant tenant, HeldUser awaited, InboundEvent sent, Intent intent, Sender by, CancellationToken stop)
    {
        var status = await held.Hold(tenant, awaited, sent, by, stop);
        if (status.Error is { } full)
        {
            return InboundResult.Rejected(full);
        }
        // Who, or what, appeared between the look and the hold was told of nothing.
        if ((await Look(tenant, intent, stop)).Awaited != awaited)
        {
            await Release(tenant, awaited, stop);
        }
        return new(status.Value, status.Value == InboundStatus.Held ? Missing(awaited, sent) : null);
    }

    /// <summary>Whether it did something to this user, who may be erased by now.</summary>
    async ValueTask<bool> WasApplied(Tenant tenant, string userId, InboundEvent sent, Intent? intent, CancellationToken stop) =>
        await players.Journal.ActionEntry(tenant, userId, intent?.TakesBack ?? sent.Key, stop) is not null || await store.Read(Partition.Player(tenant, userId), WorkerEvents.MarkerOf(sent), stop) is not null;

    async ValueTask<UserProfile?> Find(Tenant tenant, AboutUser about, CancellationToken stop) => about switch
    {
        { UserId: { } userId } => await users.Find(tenant, userId, stop),
        { ExternalId: { } externalId } => await users.ByExternalId(tenant, externalId, stop),
        _ => await users.ByEmail(tenant, about.Email!, stop),
    };

    /// <summary>The id of the user with this name; null: there is none (yet).</summary>
    public async ValueTask<string?> UserOf(Tenant tenant, HeldUser name, CancellationToken stop) => (await Find(tenant, name.About, stop))?.UserId;

    /// <summary>Applies what waits for a user, or an action of theirs, as far as that is there by now, in its order.</summary>
    public ValueTask Release(Tenant tenant, HeldUser who, CancellationToken stop) => held.Release(tenant, who, async (waiting, stop) =>
    {
        var sender = HeldBy(waiting);
        var read = types.Read(tenant, await settings.Of(tenant, stop), waiting.Event, sender);
        var result = InboundResult.Rejected(read.Error ?? Missing(who, waiting.Event));
        if (read.Succeeded)
        {
            var (user, awaited) = await Look(tenant, read.Value, stop);
            if (awaited == who)
            {
                return false;
            }
            result = awaited is null ? await Apply(tenant, waiting.Event, null, read.Value, user, stop) : await Hold(tenant, awaited, waiting.Event, read.Value, waiting.By, stop);
            result = awaited is null && result.Status == InboundStatus.Duplicate ? result with { Status = InboundStatus.Accepted } : result;
        }
        if (result.Status == InboundStatus.Rejected)
        {
            await Free(tenant, waiting.Event, stop);
        }
        await Note(tenant, waiting.Event, result, sender);
        return true;
    }, stop, async (waiting, failure) =>
    {
        logger.LogError(failure, "An event of {Tenant} that waited failed {Times} times and is rejected", tenant, options.Value.Deliveries);
        await Reject(tenant, waiting, Error.InvalidOperation($"handling it failed {options.Value.Deliveries} times, at last with {failure.GetType().Name}"), stop);
    });

    async ValueTask Reject(Tenant tenant, HeldEvent waiting, Error why, CancellationToken stop)
    {
        await Free(tenant, waiting.Event, stop);
        await Note(tenant, waiting.Event, InboundResult.Rejected(why), HeldBy(waiting));
    }

    static Sender HeldBy(HeldEvent waiting) => waiting.By with { Channel = "held", RetryOf = null, Attempt = waiting.By.Attempt + 1 };

    /// <summary>Rejects what waited too long, and applies what a crash or a failure kept from a user who is known.</summary>
    public async ValueTask Sweep(CancellationToken stop)
    {
        await foreach (var (tenant, who) in held.All(stop))
        {
            await Try(tenant, async () =>
            {
                if (who.Kind == HeldUser.Actions || await Find(tenant, who.About, stop) is not null)
                {
                    await Release(tenant, who, stop);
                }
            });
            await Try(tenant, () => held.Expire(tenant, who, waiting => Reject(tenant, waiting, Missing(who, waiting.Event) with
            {
                Message = $"{(who.Kind == HeldUser.Actions ? "no such action of the user" : $"nobody with {who.Kind} {who.Value}")} appeared within {options.Value.HeldFor.TotalDays:0.#} days",
            }, stop), stop));
        }

        async ValueTask Try(Tenant tenant, Func<ValueTask> work)
        {
            try
            {
                await work();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                logger.LogWarning(failure, "Events of {Tenant} that wait could not be handled; trying again later", tenant);
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
