using System.Collections.Concurrent;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Rewards;

/// <summary>Starts a workflow for each user whose credits can expire, and wakes it when one expires earlier than it looks.</summary>
sealed class CreditLives(Players players, IWorkflowClient workflows, WorkspaceClocks clocks) : IJournalObserver
{
    const int MostKnown = 100_000;

    /// <summary>Each workflow looks at least this often.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromDays(5);

    static readonly Actor By = new(null, null, null, "virtualBalances/expire");

    /// <summary>When the workflows that this node has seen look next. One that is not here is told, which does no harm.</summary>
    readonly ConcurrentDictionary<(Tenant, string), DateTimeOffset> looks = new();

    public string? Repairs => "lastsFor";

    public async ValueTask Committed(Tenant tenant, string userId, JournalEntry entry)
    {
        foreach (var transaction in entry.Transactions)
        {
            if (transaction.LastsFor is { } lastsFor && (!looks.TryGetValue((tenant, userId), out var at) || ExpiringCredits.ExpiryOf(entry.At, lastsFor) < at))
            {
                var started = await workflows.Start(CreditWorkflow.Workflow, tenant, IdOf(userId), new(userId), CancellationToken.None);
                var told = started.Succeeded ? await workflows.Raise(tenant, IdOf(userId), CreditWorkflow.Changed, default(Nothing), CancellationToken.None) : started;
                if (told.Error is { Status: >= 500 } busy)
                {
                    throw new InvalidOperationException(busy.Message);
                }
                return;
            }
        }
    }

    /// <summary>Journals what has expired. How long to wait until more may have; null: the user is gone.</summary>
    public async Task<TimeSpan?> Expire(Tenant tenant, string userId, CancellationToken stop)
    {
        looks.TryRemove((tenant, userId), out _);
        var now = clocks.Now(tenant);
        var expired = await players.Change(tenant, userId, new(state => new Decision(Answer.NoContent,
            ExpiringCredits.Expire(state, By, now, index => JournalIds.Make(tenant, userId, state.Seq + 1, "expiry", index)))), stop);
        if (expired.Error is { } error)
        {
            return error.Status == StatusCodes.Status404NotFound ? null : throw new InvalidOperationException(error.Message);
        }
        var latest = now + LongestWait;
        var next = ExpiringCredits.Next(await players.Read(tenant, userId, stop)) is { } due && due < latest ? due : latest;
        if (looks.Count >= MostKnown)
        {
            looks.Clear();
        }
        looks[(tenant, userId)] = next;
        return next > now ? next - now : TimeSpan.Zero;
    }

    static string IdOf(string userId) => $"expiring-credits:{userId}";
}
