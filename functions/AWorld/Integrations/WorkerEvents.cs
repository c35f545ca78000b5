using System.Text.Json;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Tags;
using AWorld.Users;

namespace AWorld.Integrations;

/// <summary>
/// What an HR system says about workers. Of each field the latest word counts, by the time of the event, so an older
/// event that comes later changes only what no newer one spoke of.
/// </summary>
sealed class WorkerEvents(UserDirectory users, InboundSettingsStore settings, Snapshots snapshots, IDocumentStore store, VerifiedTokens verified, Leavers leavers, WorkspaceClocks clocks)
{
    public const string DocumentId = "inbound-worker";

    /// <summary>What HR last said of a user, in the user's own partition.</summary>
    /// <param name="Fields">By name.</param>
    sealed record Worker(IReadOnlyDictionary<string, WorkerField> Fields);

    /// <param name="At">The time of the event that spoke of it last.</param>
    /// <param name="TagId">The tag that came of it.</param>
    /// <param name="HeardAt">Of the employment: when we were told of it as it is.</param>
    sealed record WorkerField(DateTimeOffset At, string? TagId = null, DateTimeOffset? HeardAt = null);

    const string Employment = "employment";

    /// <summary>When we were told that the user left; null: before that was noted.</summary>
    public static async ValueTask<DateTimeOffset?> HeardOfLeaving(IDocumentStore store, Tenant tenant, string userId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), DocumentId, stop) is { } document ? Json.Read<Worker>(document.Body).Fields.GetValueOrDefault(Employment)?.HeardAt : null;

    /// <summary>In the user's partition: the event was applied.</summary>
    public static string MarkerOf(InboundEvent sent) => $"inbound:{sent.Key}";

    public async ValueTask<Result<Applied>> Hired(Tenant tenant, UserProfile? user, InboundEvent sent, HiredWorker data, Sender by, CancellationToken stop)
    {
        // A workspace may have known the person by e-mail before HR named them.
        user ??= await users.ByEmail(tenant, data.Email!, stop);
        if (user is null)
        {
            var draft = new UserDraft(data.Email!, NameShapes.Fit(data.FirstName), NameShapes.Fit(data.LastName), data.ExternalId);
            var made = await users.Create(tenant, draft, by.Actor, async (user, stop) => (await Decide(tenant, user, sent, data, static user => user, stop)).Map(static decided => decided.User), stop);
            if (made.Succeeded)
            {
                return new Applied(true, made.Value.UserId);
            }
            // Somebody made the user at the same moment: of what this event says nothing is lost.
            user = made.Error.Status == StatusCodes.Status409Conflict ? await users.ByEmail(tenant, data.Email!, stop) : null;
            if (user is null)
            {
                return Refused(made.Error);
            }
        }
        return OtherName(user, data) is { } other ? other : await Change(tenant, user, sent, data, by, static user => user with { DeactivatedAt = null }, stop);
    }

    /// <summary>Why a hire would be refused, as things are.</summary>
    public async ValueTask<Error?> Refusal(Tenant tenant, UserProfile? user, HiredWorker data, CancellationToken stop) =>
        user is null && await users.ByEmail(tenant, data.Email!, stop) is { } known ? OtherName(known, data) : null;

    /// <summary>Whoever is found by the address alone may be somebody else, who had it before.</summary>
    static Error? OtherName(UserProfile user, HiredWorker data)
    {
        const string other = "the user with this e-mail address has another externalId; change it there, or by hr.worker.changed with the userId";
        return data is { UserId: null, ExternalId: { } said } && user.ExternalId is { } known && known != said
            ? Error.Conflict($"data.externalId: {other}") with { Code = "resource/already_exists", Details = [new("data.externalId", other)] }
            : null;
    }

    public ValueTask<Result<Applied>> Changed(Tenant tenant, UserProfile user, InboundEvent sent, WorkerData data, Sender by, CancellationToken stop) => Change(tenant, user, sent, data, by, null, stop);

    public async ValueTask<Result<Applied>> Left(Tenant tenant, UserProfile user, InboundEvent sent, LeftWorker data, Sender by, CancellationToken stop)
    {
        var at = data.LeftAt ?? sent.Time!.Value;
        var changed = await Change(tenant, user, sent, data, by, user => user with { DeactivatedAt = at }, stop);
        if (changed.Succeeded)
        {
            // Also of an event that was applied before: the process may have died in between.
            await leavers.Follow(tenant, user.UserId, stop);
        }
        return changed;
    }

    async ValueTask<Result<Applied>> Change(Tenant tenant, UserProfile user, InboundEvent sent, WorkerData data, Sender by, Func<UserProfile, UserProfile>? employ, CancellationToken stop)
    {
        var applied = new Applied(true);
        var result = await users.Change(tenant, user.UserId, by.Actor, async (user, stop) =>
        {
            var decided = await Decide(tenant, user, sent, data, employ, stop);
            return decided.Map(one =>
            {
                applied = one.Applied;
                return one.User;
            });
        }, stop);
        if (result.Error is { } refused)
        {
            return Refused(refused);
        }
        if (result.Value.DeactivatedAt is not null)
        {
            verified.Forget(caller => caller.UserId == user.UserId && caller.Tenant == tenant);
        }
        return applied with { UserId = user.UserId };
    }

    static Error Refused(Error error) => error.Status < 500 && error.Code != "resource/conflict" ? InboundTypes.InData(error) : throw new StoreBusyException(error.RetryAfter ?? TimeSpan.FromSeconds(1));

    sealed record Decided(DecidedUser User, Applied Applied);

    /// <param name="employ">What it says of the employment; null: nothing.</param>
    async ValueTask<Result<Decided>> Decide(Tenant tenant, UserProfile user, InboundEvent sent, WorkerData data, Func<UserProfile, UserProfile>? employ, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, user.UserId);
        var marker = MarkerOf(sent);
        if (await store.Read(partition, marker, stop) is not null)
        {
            return new Decided(new(user), new(false));
        }
        var document = await store.Read(partition, DocumentId, stop);
        var news = new News(document is null ? [] : new(Json.Read<Worker>(document.Body).Fields), sent.Time!.Value);
        foreach (var (name, apply) in Profile(data))
        {
            if (sent.Data.TryGetProperty(name, out _))
            {
                user = news.Is(name, apply(user) != user) ? apply(user) : user;
            }
        }
        if (employ?.Invoke(user) is { } employed && news.Is(Employment, employed != user))
        {
            var known = news.Fields[Employment];
            news.Fields[Employment] = known.HeardAt is null || employed.DeactivatedAt != user.DeactivatedAt ? known with { HeardAt = clocks.Now(tenant) } : known;
            user = employed;
        }
        user = await Tag(tenant, user, sent, data, news, stop);
        var worker = Json.Bytes(new Worker(news.Fields));
        return new Decided(new(user, Write.Create(marker, "{}"u8.ToArray()), document is null ? Write.Create(DocumentId, worker) : Write.Replace(DocumentId, worker, document.ETag)), new(true, Overtaken: news.Overtaken is [] ? null : news.Overtaken));
    }

    static IEnumerable<(string Name, Func<UserProfile, UserProfile> Apply)> Profile(WorkerData data) =>
    [
        ("externalId", user => user with { ExternalId = data.ExternalId ?? user.ExternalId }),
        ("nickname", user => user with { Nickname = data.Nickname }),
        ("lang", user => user with { Lang = data.Lang }),
        ("timezone", user => user with { Timezone = data.Timezone }),
    ];

    /// <summary>What an event says against what was said before.</summary>
    sealed class News(Dictionary<string, WorkerField> fields, DateTimeOffset at)
    {
        public Dictionary<string, WorkerField> Fields => fields;
        public List<string> Overtaken { get; } = [];

        /// <summary>Whether nothing newer was said of the field; notes that this was.</summary>
        /// <param name="isOther">It would change something.</param>
        public bool Is(string name, bool isOther = true)
        {
            var before = fields.GetValueOrDefault(name);
            if (before?.At > at)
            {
                if (isOther)
                {
                    Overtaken.Add(name);
                }
                return false;
            }
            fields[name] = before is null ? new(at) : before with { At = at };
            return true;
        }
    }

    async ValueTask<UserProfile> Tag(Tenant tenant, UserProfile user, InboundEvent sent, WorkerData data, News news, CancellationToken stop)
    {
        var rules = (await settings.Of(tenant, stop)).WorkerTags ?? [];
        var snapshot = await snapshots.Get(tenant, stop);
        foreach (var (attribute, value) in new[]
        {
            (WorkerAttribute.Department, data.Department), (WorkerAttribute.Location, data.Location), (WorkerAttribute.Manager, data.Manager), (WorkerAttribute.CostCenter, data.CostCenter),
        })
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(attribute.ToString());
            if (!sent.Data.TryGetProperty(name, out _) || !news.Is(name))
            {
                continue;
            }
            var tagId = value is not null && rules.FirstOrDefault(rule => rule.Attribute == attribute) is { } rule ? TagOf(snapshot, rule, value) : null;
            user = Tagged(user, news.Fields[name].TagId, tagId, clocks.Now(tenant));
            news.Fields[name] = news.Fields[name] with { TagId = tagId };
        }
        return user;
    }

    static string? TagOf(Snapshot snapshot, WorkerTags rule, string value) =>
        rule.Values?.GetValueOrDefault(value) is { } own && snapshot.Find<Tag>(own) is not null ? own
        : rule.Namespace is { } space ? snapshot.Published<Tag>().FirstOrDefault(tag => tag.Namespace == space && tag.Variant == value)?.Id
        : null;

    static UserProfile Tagged(UserProfile user, string? before, string? after, DateTimeOffset now)
    {
        if (before == after && (after is null || user.Tags.Any(tag => tag.TagId == after)))
        {
            return user;
        }
        var tags = user.Tags.Where(tag => tag.TagId != before).ToList();
        if (after is not null && tags.TrueForAll(tag => tag.TagId != after))
        {
            tags.Add(new(after, 0, now, now));
        }
        return user with { Tags = tags };
    }
}
