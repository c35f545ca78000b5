using System.Security.Cryptography;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

/// <summary>Takes users' actions: what the log, batch and replay operations have in common.</summary>
public sealed class Actions(
    Players players, UserDirectory users, Snapshots snapshots, GroupMissions groups, IOptions<GameOptions> options, IOptions<PlatformOptions> platform, WorkspaceClocks clocks)
{
    /// <summary>Applies the action once and answers with its log, whenever it is said.</summary>
    public async ValueTask<Result<Answer>> Take(Tenant tenant, string userId, PlayerInput action, Actor by, Idempotency? key, CancellationToken stop) =>
        (await TakeAndTell(tenant, userId, action, by, key, stop)).Answer;

    /// <summary>As <see cref="Take"/>, with what this call caused: null when it was refused or had been applied before.</summary>
    public async ValueTask<(Result<Answer> Answer, JournalEntry? Caused)> TakeAndTell(Tenant tenant, string userId, PlayerInput action, Actor by, Idempotency? key, CancellationToken stop)
    {
        var taken = await Once(tenant, userId, action, by, key, stop);
        Telemetry.Actions.Add(1, new KeyValuePair<string, object?>("result", taken.Answer.Succeeded ? taken.Caused is null ? "replayed" : "applied" : "refused"));
        return taken;
    }

    static readonly Error Deactivated = Error.InvalidOperation("the user is deactivated");

    /// <summary>Why the action would be refused, as things are, unless it was applied before.</summary>
    /// <param name="user">Null: not known yet.</param>
    public async ValueTask<Error?> Refusal(Tenant tenant, UserProfile? user, PlayerInput action, CancellationToken stop) =>
        action.EntityTags(GameConfiguration.Of(await snapshots.Get(tenant, stop))) is { Error: { } wrong } ? wrong
        : action.CompletedAt > clocks.Now(tenant) + options.Value.ClockSkew ? Engine.InFuture
        : user?.IsActive(clocks.Now(tenant)) == false ? Deactivated
        : null;

    async ValueTask<(Result<Answer> Answer, JournalEntry? Caused)> Once(Tenant tenant, string userId, PlayerInput action, Actor by, Idempotency? key, CancellationToken stop)
    {
        if (await users.Find(tenant, userId, stop) is not { } user)
        {
            return (Error.Invalid("userId", "is not a user of this workspace"), null);
        }
        if (!user.IsActive(clocks.Now(tenant)))
        {
            return (Deactivated, null);
        }
        var game = GameConfiguration.Of(await snapshots.Get(tenant, stop));
        var subject = Subject.Of(user);
        var memberships = await groups.Seen(game, subject, action, by, stop);
        var hash = action.MarkerId is null ? null : HashOf(action);
        JournalEntry? caused = null;
        var answer = await players.Change(tenant, userId, new Step(Decide)
        {
            Key = key,
            TakenBefore = hash is null ? null : interrupted => TakenBefore(tenant, userId, action, hash, interrupted),
        }, stop);
        return (answer, answer is { Succeeded: true, Value.Replayed: false } ? caused : null);

        Result<Decision> Decide(PlayerState state)
        {
            // An id that we made names a log that exists, and not by this id's marker.
            if (action.ChosenId is { } chosen && JournalIds.TrySequence(chosen, out var seq) && seq <= state.Seq)
            {
                return action.TakenOtherwise;
            }
            var played = Engine.Play(game, subject, state, memberships, action, by, clocks.Now(tenant), options.Value);
            if (played.Error is { } refused)
            {
                return refused;
            }
            var entry = caused = played.Value;
            var said = action.AnswerOf(tenant, userId, entry, platform.Value.SourceRegion);
            if (hash is null)
            {
                return new Decision(said, entry);
            }
            var marker = GameJson.Bytes(new ActionMarker(entry.Seq, hash));
            return new Decision(said, entry)
            {
                Marker = Write.Create(action.MarkerId!, marker),
                Also = action.LastMarkerId is { } last && last != action.MarkerId ? [Write.Upsert(last, marker)] : [],
            };
        }
    }

    async ValueTask<Result<Answer>?> TakenBefore(Tenant tenant, string userId, PlayerInput action, string hash, CancellationToken stop)
    {
        if (await players.Journal.Taken(tenant, userId, action.MarkerId!, stop) is not var (marker, entry))
        {
            return null;
        }
        return marker.RequestHash == hash ? action.AnswerOf(tenant, userId, entry, platform.Value.SourceRegion) with { Replayed = true } : action.TakenOtherwise;
    }

    static string HashOf(PlayerInput action) => Convert.ToBase64String(SHA256.HashData(GameJson.Bytes<object>(action)).AsSpan(0, 16));
}
