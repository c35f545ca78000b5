using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Rewards;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <param name="Next">When there is something to do, by the workspace's clock; null: never again.</param>
/// <param name="Successor">The board of the next period, where it is time for one.</param>
sealed record Advanced(DateTimeOffset? Next, string? Successor = null);

/// <summary>A board's results are final and its prizes paid.</summary>
/// <param name="Participants">Users with a rank.</param>
/// <param name="Winners">Users who were paid a prize.</param>
public sealed record LeaderboardEnded(string RuntimeLeaderboardId, string RuntimeLeaderboardConfigurationId, string PeriodId, int Participants, int Winners);

/// <summary>
/// Does what time asks of boards: makes the next period's board, makes results final, pays prizes. Each piece is
/// bounded and can be repeated by anybody at any time; ids that follow from the board's make it happen once.
/// </summary>
sealed class BoardLifecycle(
    BoardDocuments documents, Boards boards, BoardKeeper keeper, Snapshots snapshots, UserDirectory users, SystemPayments payments,
    IOptions<LeaderboardsOptions> options, WorkspaceClocks clocks)
{
    public const string Ended = "leaderboard.ended";
    const int WinnersAtOnce = 50;
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task<Advanced> Advance(BoardKey key, CancellationToken stop)
    {
        if (await documents.Board(key, stop) is not var (board, _) || board.ClosesAt() is not { } closes || await documents.IsSettled(key, stop))
        {
            return new(null);
        }
        var now = clocks.Now(key.Tenant);
        var final = closes + options.Value.FinalAfter;
        var (due, successor) = await Succeed(key.Tenant, board, now, stop);
        if (final > now)
        {
            return new(due < final ? due : final, successor);
        }
        await boards.Follow(key, stop);
        if (await documents.Stored(key.Tenant, board, stop) is not { IsFinal: true })
        {
            await keeper.Keep(stop);
        }
        if (await documents.Stored(key.Tenant, board, stop) is not { IsFinal: true })
        {
            return new(now + RetryAfter, successor);
        }
        return new(await Settle(key, board, now, stop) ? null : now, successor);
    }

    /// <summary>The board of the next period, made a little before it opens so that it opens empty. Not due yet: when it is.</summary>
    async ValueTask<(DateTimeOffset? Due, string? Made)> Succeed(Tenant tenant, RuntimeLeaderboard board, DateTimeOffset now, CancellationToken stop)
    {
        if (BoardPeriods.After(board) is not var (timeframe, series))
        {
            return default;
        }
        var id = Ids.Derive(tenant.AccountId, tenant.WorkspaceId, board.RuntimeLeaderboardId, "successor");
        var next = board with { RuntimeLeaderboardId = id, Timeframe = timeframe, Series = series, Version = 1, CreatedAt = now, UpdatedAt = now };
        var due = next.OpensAt() - options.Value.SuccessorAhead;
        if (due > now)
        {
            return (due, null);
        }
        var configuration = (await snapshots.Get(tenant, stop)).FindAtAnyStage<RuntimeLeaderboardConfiguration>(board.RuntimeLeaderboardConfigurationId);
        if (configuration is not null && LeaderboardQuery.Parse(configuration.Query) is { Succeeded: true, Value: var plan })
        {
            next = next with { Plan = plan, Prizes = configuration.Prizes };
        }
        await documents.Create(tenant, next, stop);
        return (null, await boards.Follow(new(tenant, id), stop) ? id : null);
    }

    /// <summary>Pays a page of prizes; true when all are paid and the end is recorded.</summary>
    async ValueTask<bool> Settle(BoardKey key, RuntimeLeaderboard board, DateTimeOffset now, CancellationToken stop)
    {
        var found = await boards.Find(key.Tenant, key.BoardId, stop);
        if (found.Error is not null)
        {
            return false;
        }
        var winners = await documents.Winners(key, board.Prizes is { Count: > 0 } prizes ? await Winners(found.Value.Ranks, prizes, stop) : [], stop);
        var paid = await documents.Paid(key, stop);
        foreach (var winner in winners.Skip(paid).Take(WinnersAtOnce))
        {
            await Pay(key, board, winner, stop);
        }
        if (paid + WinnersAtOnce < winners.Count)
        {
            await documents.MarkPaid(key, paid + WinnersAtOnce, stop);
            return false;
        }
        await documents.Record(key.Tenant, WorkspaceEvent.Of(Ended, key.BoardId, now, new LeaderboardEnded(
            board.RuntimeLeaderboardId, board.RuntimeLeaderboardConfigurationId, board.PeriodId(), (await found.Value.Ranks.Page(0, 1, null, stop)).Count, winners.Count)), stop);
        return true;
    }

    /// <summary>As they stand now, so that an erasure between two pages promotes nobody. Of a tie beyond the most there can be, who came first.</summary>
    static async ValueTask<List<Winner>> Winners(IRanks ranks, IReadOnlyList<Prize> prizes, CancellationToken stop)
    {
        var last = prizes.Max(prize => prize.ToRank);
        return [.. (await ranks.Page(0, Prize.LastRank, null, stop)).Items.TakeWhile(line => line.Rank <= last).Where(line => prizes.Any(prize => prize.Covers(line.Rank))).Select(line => new Winner(line.MemberId, line.Rank))];
    }

    async ValueTask Pay(BoardKey key, RuntimeLeaderboard board, Winner winner, CancellationToken stop)
    {
        if (await users.Find(key.Tenant, winner.UserId, stop) is null)
        {
            return;
        }
        var credits = board.Prizes!.Where(prize => prize.Covers(winner.Rank)).Select(prize => new SystemCredit(prize.VirtualCurrencyId, prize.Amount)).ToList();
        var data = Json.Element(new { board.RuntimeLeaderboardId, winner.Rank });
        var group = Ids.Derive(key.Tenant.AccountId, key.Tenant.WorkspaceId, key.BoardId, "prizes");
        var paid = await payments.Pay(key.Tenant, winner.UserId, group, key.BoardId, credits, data, new Actor(null, null, null, Ended), stop);
        if (paid.Error is { } error)
        {
            throw new InvalidOperationException($"the prize of board {key.BoardId} was not paid to {winner.UserId}: {error.Message}");
        }
    }
}
