using AWorld.Badges;
using AWorld.Expressions;
using AWorld.Game;

namespace AWorld.Rewards;

/// <summary>What reward rules pay and award for an event.</summary>
static class Payment
{
    /// <summary>The account that rewards are paid from, and penalties to.</summary>
    public const string Account = "rewards";

    /// <summary>All matching ALWAYS rules pay; only if none matched, all matching FALLBACK rules do.</summary>
    public static void Pay(Turn turn, GameEvent happened, Variables variables)
    {
        var rules = turn.Game.RewardRules(happened);
        var matched = false;
        foreach (var rule in rules)
        {
            matched |= rule.ApplicationMode == ApplicationMode.Always && Apply(turn, rule, happened, variables);
        }
        foreach (var rule in rules)
        {
            if (rule.ApplicationMode != ApplicationMode.Fallback)
            {
                continue;
            }
            if (matched)
            {
                turn.Consider(ConsideredKind.RewardRule, rule.Id, rule.Version, Verdict.NotNeeded, happened);
            }
            else
            {
                Apply(turn, rule, happened, variables);
            }
        }
    }

    /// <summary>Whether the rule matched, whatever it then paid.</summary>
    static bool Apply(Turn turn, RewardRule rule, GameEvent happened, Variables variables)
    {
        if (!rule.MatchCondition.Evaluate(variables).IsTruthy)
        {
            turn.Consider(ConsideredKind.RewardRule, rule.Id, rule.Version, Verdict.ConditionFalse, happened);
            return false;
        }
        var verdict = Verdict.NothingToPay;
        foreach (var reward in rule.Rewards)
        {
            var given = reward.BadgeConfigurationId is { } badge ? AwardedBadges.Award(turn, rule, badge, happened) : Pay(turn, rule, reward, happened, variables);
            verdict = given == Verdict.Applied || verdict == Verdict.NothingToPay ? given : verdict;
        }
        turn.Consider(ConsideredKind.RewardRule, rule.Id, rule.Version, verdict, happened);
        return true;
    }

    static Verdict Pay(Turn turn, RewardRule rule, Reward reward, GameEvent happened, Variables variables)
    {
        if (Transaction(turn, rule, reward, happened, variables) is not { } transaction)
        {
            return Verdict.NothingToPay;
        }
        turn.Add(transaction);
        return transaction.State == TransactionState.Rejected ? Verdict.Rejected : Verdict.Applied;
    }

    /// <summary>Null where there is nothing to pay. A negative amount is taken, at once: nobody redeems a penalty.</summary>
    static VirtualTransaction? Transaction(Turn turn, RewardRule rule, Reward reward, GameEvent happened, Variables variables)
    {
        if (reward is not { VirtualCurrencyId: { } currencyId, Expression: { } expression }
            || turn.Game.Snapshot.Find<VirtualCurrency>(currencyId) is not { } currency
            || expression.Evaluate(variables).AsAmount() is not { } amount || amount == 0)
        {
            return null;
        }
        var id = turn.NewId();
        var asked = new VirtualTransaction(
            id, turn.Transactions is [var first, ..] ? first.VirtualTransactionGroupId : id, currencyId,
            amount > 0 ? Direction.Credit : Direction.Debit, Math.Abs(amount),
            amount > 0 ? reward.RedemptionMode ?? RedemptionMode.Auto : RedemptionMode.Auto, TransactionState.Pending,
            InitiatorType.RewardRule, rule.Id, CounterpartType.System, Account, PaidFor: happened.MadeBy, CompletedMission: happened.CompletedMission);
        return Ledger.Admit(turn.Before, turn.Transactions, asked, CurrencyLimits.Of(currency), turn.Now);
    }
}
