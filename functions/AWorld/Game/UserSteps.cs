using AWorld.Missions;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

/// <summary>A new or changed user.</summary>
/// <param name="Version">Tells this change of the user from others.</param>
/// <param name="Write">Of the user's document; null: there is nothing to change.</param>
public sealed record ChangedUser(UserProfile User, string Version, Write? Write, Answer Answer)
{
    /// <summary>Other documents of the user that change with it, or without it.</summary>
    public IReadOnlyList<Write> Also { get; init; } = [];
}

/// <summary>Commits changes of users together with the missions of EVENT rules that match users.</summary>
public sealed class UserSteps(Players players, Snapshots snapshots, GroupMissions groups, IOptions<GameOptions> options, WorkspaceClocks clocks)
{
    /// <param name="change">Reads the user and decides; done again when the user or their state was changed meanwhile.</param>
    public async ValueTask<Result<Answer>> Take(
        Tenant tenant, string userId, Actor by, Idempotency? key, Func<CancellationToken, ValueTask<Result<ChangedUser>>> change, CancellationToken stop)
    {
        Result<ChangedUser> changed = default;
        GameConfiguration? game = null;
        return await players.Change(tenant, userId, new Step(Decide) { Key = key, Prepare = Prepare }, stop);

        async ValueTask Prepare(CancellationToken stop)
        {
            changed = await change(stop);
            if (changed is { Succeeded: true, Value: { Write: not null } after })
            {
                game = GameConfiguration.Of(await snapshots.Get(tenant, stop));
                await groups.Happened(game, Subject.Of(after.User), Engine.EventOf(after), by, stop);
            }
        }

        Result<Decision> Decide(PlayerState state) => changed.Map(after => after.Write is { } write
            ? new Decision(after.Answer, Engine.UserChanged(game!, state, after, by, clocks.Now(tenant), options.Value)) { Also = [write, .. after.Also] }
            : new Decision(after.Answer) { Also = after.Also });
    }
}
