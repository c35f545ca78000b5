using System.Security.Cryptography;
using AWorld.Activities;
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
    public async ValueTask<Result<Answer>> Take(Tenant tenant, string userId, ActionInput action, Actor by, Idempotency? key, CancellationToken stop) =>
        (await TakeAndTell(tenant, userId, action, by, key, stop)).Answer;

    /// <summary>As <see cref="Take"/>, with what this call caused: null when it was refused or had been applied before.</summary>
    public async ValueTask<(Result<Answer> Answer, JournalEntry? Caused)> TakeAndTell(Tenant tenant, string userId, ActionInput action, Actor by, Idempotency? key, CancellationToken stop)
    {
        var taken = await Once(tenant, userId, action, by, key, stop);
        Telemetry.Actions.Add(1, new KeyValuePair<string, object?>("result", taken.Answer.Succeeded ? taken.Caused is null ? "replayed" : "applied" : "refused"));
        return taken;
    }

    async ValueTask<(Result<Answer> Answer, JournalEntry? Caused)> Once(Tenant tenant, string userId, ActionInput action, Actor by, Idempotency? key, CancellationToken stop)
    {
        if (await users.Find(tenant, userId, stop) is not { } user)
        {
            return (Error.Invalid("userId", "is not a user of this workspace"), null);
        }
        if (!user.IsActive(clocks.Now(tenant)))
        {
            return (Error.InvalidOperation("the user is deactivated"), null);
        }
        var game = GameConfiguration.Of(await snapshots.Get(tenant, stop));
        var subject = Subject.Of(user);
        var memberships = await groups.Seen(game, subject, action, by, stop);
        var hash = action.ActivityLogId is null ? null : HashOf(action);
        JournalEntry? caused = null;
        var answer = await players.Change(tenant, userId, new Step(Decide)
        {
            Key = key,
            TakenBefore = action.ActivityLogId is { } id ? interrupted => TakenBefore(tenant, userId, id, hash!, interrupted) : null,
        }, stop);
        return (answer, answer is { Succeeded: true, Value.Replayed: false } ? caused : null);

        Result<Decision> Decide(PlayerState state)
        {
            // An id that we made names a log that exists, and not by this id's marker.
            if (action.ActivityLogId is { } chosen && JournalIds.TrySequence(chosen, out var seq) && seq <= state.Seq)
            {
                return Error.AlreadyExists("activity log", chosen);
            }
            var played = Engine.Play(game, subject, state, memberships, action, by, clocks.Now(tenant), options.Value);
            if (played.Error is { } refused)
            {
                return refused;
            }
            var entry = caused = played.Value;
            return new Decision(Answer.Created(ActivityLogView.Of(tenant, userId, entry, platform.Value.SourceRegion)), entry)
            {
                Marker = action.ActivityLogId is { } id ? Write.Create(PlayerDocuments.Action(id), GameJson.Bytes(new ActionMarker(entry.Seq, hash!))) : null,
            };
        }
    }

    async ValueTask<Result<Answer>?> TakenBefore(Tenant tenant, string userId, string activityLogId, string hash, CancellationToken stop)
    {
        if (await players.Marker(tenant, userId, activityLogId, stop) is not { } marker)
        {
            return null;
        }
        if (marker.RequestHash != hash)
        {
            return Error.AlreadyExists("activity log", activityLogId) with { Message = $"activity log '{activityLogId}' already exists with other content" };
        }
        var entry = await players.Entry(tenant, userId, marker.Seq, stop) ?? throw new InvalidOperationException($"entry {marker.Seq} of {userId} is marked but missing");
        return Answer.Created(ActivityLogView.Of(tenant, userId, entry, platform.Value.SourceRegion)) with { Replayed = true };
    }

    static string HashOf(ActionInput action) => Convert.ToBase64String(SHA256.HashData(GameJson.Bytes(action)).AsSpan(0, 16));
}
