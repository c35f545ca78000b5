using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

public sealed record SystemCredit(string VirtualCurrencyId, decimal Amount);

/// <summary>What the platform itself pays, such as prizes.</summary>
sealed class SystemPayments(Players players, TransferDocuments documents, Snapshots snapshots, WorkspaceClocks clocks)
{
    /// <summary>The account that prizes are paid from.</summary>
    public const string Account = "prizes";

    /// <summary>Pays a user once, however often it is asked to with one group id. What would exceed a currency's maximum is journaled as rejected.</summary>
    /// <param name="initiator">What it is paid for.</param>
    public async ValueTask<Result<Answer>> Pay(
        Tenant tenant, string userId, string groupId, string initiator, IReadOnlyList<SystemCredit> credits, JsonElement data, Actor by, CancellationToken stop)
    {
        var snapshot = await snapshots.Get(tenant, stop);
        return await players.Change(tenant, userId, new(Decide)
        {
            TakenBefore = async stop => await documents.FindPart(tenant, userId, groupId, stop) is null ? (Result<Answer>?)null : Answer.NoContent,
        }, stop);

        Result<Decision> Decide(PlayerState state)
        {
            var now = clocks.Now(tenant);
            var made = new List<VirtualTransaction>();
            foreach (var (index, credit) in credits.Index())
            {
                var currency = snapshot.FindAtAnyStage<VirtualCurrency>(credit.VirtualCurrencyId);
                made.Add(Ledger.Admit(state, made, new(
                    JournalIds.Make(tenant, userId, state.Seq + 1, "transaction", index), groupId, credit.VirtualCurrencyId, Direction.Credit, credit.Amount, RedemptionMode.Auto,
                    TransactionState.Pending, InitiatorType.System, initiator, CounterpartType.System, Account, null, data), CurrencyLimits.Of(currency), now));
            }
            var entry = new JournalEntry(state.Seq + 1, now, by) { Transactions = made };
            return new Decision(Answer.NoContent, entry) { Marker = TransferDocuments.Part(groupId, entry, "system", isHeld: false) };
        }
    }
}
