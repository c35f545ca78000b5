using AWorld.Embedded.Storage;
using AWorld.Game;
using AWorld.Leaderboards;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>What the story came to, read from the file: the laws that hold for each user, and lines that are the same in every telling.</summary>
sealed class LifecycleOutcome(SqliteDocumentStore store, Tenant tenant, IReadOnlyList<string> users)
{
    readonly Dictionary<(CounterpartType, string, string), decimal> accounts = [];
    readonly List<string> lines = [];

    public async Task<IReadOnlyList<string>> Lines()
    {
        for (var n = 0; n < users.Count; n++)
        {
            await Person(n);
        }
        foreach (var currency in accounts.GroupBy(account => account.Key.Item3))
        {
            currency.Sum(account => account.Value).ShouldBe(0, $"all accounts of {currency.Key} add up to nothing");
        }
        await Boards();
        return lines;
    }

    async Task Person(int n)
    {
        var partition = Partition.Player(tenant, users[n]);
        var journal = (await All(partition, PlayerDocuments.JournalPrefix)).Select(document => GameJson.Read<JournalEntry>(document.Body)).ToList();
        var missions = journal.SelectMany(entry => entry.Assigned).Select(assigned => (assigned.Definition.MissionConfigurationId, assigned.Definition.PeriodId)).ToList();
        missions.Distinct().Count().ShouldBe(missions.Count, $"p{n} has each mission once a period");
        var settled = journal.SelectMany(entry => entry.Settled).ToList();
        settled.Select(one => one.VirtualTransactionId).Distinct().Count().ShouldBe(settled.Count, $"each transaction of p{n} is settled once");
        var states = settled.ToDictionary(one => one.VirtualTransactionId, one => one.State);
        var made = journal.SelectMany(entry => entry.Transactions).Select(one => one with { State = states.GetValueOrDefault(one.VirtualTransactionId, one.State) }).ToList();
        if (n != LifecycleStory.Erased)
        {
            made.ShouldNotContain(one => one.State == TransactionState.Pending, $"nothing of p{n} waits any more");
        }
        foreach (var transaction in made.Where(one => one.State == TransactionState.Completed))
        {
            Book(CounterpartType.User, users[n], transaction.VirtualCurrencyId, transaction.Signed());
            if (transaction.CounterpartType == CounterpartType.System)
            {
                Book(CounterpartType.System, transaction.Counterpart, transaction.VirtualCurrencyId, -transaction.Signed());
            }
        }
        await State(n, partition, made);
        lines.AddRange(missions.Order().Select(mission => $"p{n} mission {mission.MissionConfigurationId} {mission.PeriodId}"));
        lines.AddRange(journal.SelectMany(entry => entry.MissionLogs).Where(log => log.Completed).GroupBy(log => log.Of?.PeriodId).OrderBy(period => period.Key, StringComparer.Ordinal).Select(period => $"p{n} completed {period.Count()} of {period.Key}"));
        lines.AddRange(made.Select(one => $"p{n} {one.InitiatorType} {one.Counterpart.Length > 15} {one.VirtualCurrencyId} {one.Signed():0.##} {one.State}").Order(StringComparer.Ordinal));
    }

    /// <summary>Balances are what the transactions add up to.</summary>
    async Task State(int n, Partition partition, List<VirtualTransaction> made)
    {
        var stored = await store.Read(partition, PlayerDocuments.State, default);
        var balances = stored is null ? [] : GameJson.Read<PlayerState>(stored.Body).Balances;
        foreach (var balance in balances)
        {
            balance.Completed.ShouldBe(accounts.GetValueOrDefault((CounterpartType.User, users[n], balance.VirtualCurrencyId)), $"p{n}'s balance of {balance.VirtualCurrencyId}");
        }
        if (n != LifecycleStory.Erased)
        {
            made.Where(one => one.State == TransactionState.Completed).Select(one => one.VirtualCurrencyId).ShouldBeSubsetOf(balances.Select(balance => balance.VirtualCurrencyId));
        }
    }

    async Task Boards()
    {
        var boards = (await All(BoardDocuments.In(tenant), "board:")).Select(document => Json.Read<RuntimeLeaderboard>(document.Body)).Where(board => board.RuntimeLeaderboardConfigurationId == "day").ToList();
        var periods = boards.Select(board => board.PeriodId()).Order(StringComparer.Ordinal).ToList();
        periods.Distinct().Count().ShouldBe(periods.Count, "each period has one board");
        lines.AddRange(periods);
    }

    void Book(CounterpartType type, string account, string currency, decimal amount) =>
        accounts[(type, account, currency)] = accounts.GetValueOrDefault((type, account, currency)) + amount;

    async Task<List<Document>> All(Partition partition, string prefix)
    {
        var all = new List<Document>();
        string? continuation = null;
        do
        {
            var page = await store.Query(partition, DocumentQuery.Prefix(prefix, continuation: continuation), default);
            all.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return all;
    }
}
