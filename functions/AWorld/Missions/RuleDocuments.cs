using System.Globalization;
using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>What is kept of a rule's life, in a partition of its own: how far it is, its events, and what its periods came to.</summary>
sealed class RuleDocuments(IDocumentStore store, WorkspaceClocks clocks)
{
    const string LifeId = "lifecycle";
    const string TallyPrefix = "tally:";
    public const string TotalId = "tally";

    public static string TallyId(string periodId) => TallyPrefix + periodId;

    public async ValueTask<(RuleLifecycle Life, string ETag)?> Life(Tenant tenant, string missionRuleId, CancellationToken stop) =>
        await store.Read(Partition.Rule(tenant, missionRuleId), LifeId, stop) is { } document ? (Json.Read<RuleLifecycle>(document.Body), document.ETag) : null;

    /// <summary>Keeps the new state and the events that lead to it; false when somebody else was faster.</summary>
    /// <param name="etag">Null: there was none before.</param>
    public async ValueTask<bool> Save(Tenant tenant, string missionRuleId, RuleLifecycle after, string? etag, IReadOnlyList<RuleEvent> events, CancellationToken stop)
    {
        var batch = new Batch();
        var recordedAt = clocks.Now(tenant);
        var numbered = events.Select((one, index) => one with { Number = after.Events + index + 1, RecordedAt = recordedAt }).ToList();
        var saved = after with { Events = after.Events + events.Count };
        if (etag is null)
        {
            batch.Create(LifeId, saved);
        }
        else
        {
            batch.Replace(LifeId, saved, etag);
        }
        var happened = new List<Write>();
        foreach (var one in numbered)
        {
            happened.Add(WorkspaceEvent.Of(one.Type, missionRuleId, one.At, one).Write(Position(one)));
        }
        return (await store.Commit(Partition.Rule(tenant, missionRuleId), [.. batch.Writes, .. happened], stop)).Committed;
    }

    /// <summary>Events by number.</summary>
    public async ValueTask<(IReadOnlyList<RuleEvent> Items, bool More)> Events(Tenant tenant, string missionRuleId, PageRequest page, CancellationToken stop)
    {
        var documents = await Page(tenant, missionRuleId, WorkspaceEvent.Prefix, page, stop);
        return ([.. documents.Take(page.Limit).Select(document => Json.Read<WorkspaceEvent>(document.Body).Data.Deserialize<RuleEvent>(Json.Options)!)], documents.Count > page.Limit);
    }

    /// <summary>What the periods came to, by period.</summary>
    public async ValueTask<(IReadOnlyList<(string PeriodId, Tally Tally)> Items, bool More)> Tallies(Tenant tenant, string missionRuleId, PageRequest page, CancellationToken stop)
    {
        var documents = await Page(tenant, missionRuleId, TallyPrefix, page, stop);
        return ([.. documents.Take(page.Limit).Select(document => (document.Id[TallyPrefix.Length..], Json.Read<Tally>(document.Body)))], documents.Count > page.Limit);
    }

    public async ValueTask<Tally> Tally(Tenant tenant, string missionRuleId, string id, CancellationToken stop) =>
        await store.Read(Partition.Rule(tenant, missionRuleId), id, stop) is { } document ? Json.Read<Tally>(document.Body) : Missions.Tally.Nothing;

    async ValueTask<IReadOnlyList<Document>> Page(Tenant tenant, string missionRuleId, string prefix, PageRequest page, CancellationToken stop)
    {
        var all = DocumentQuery.Prefix(prefix, page.Descending, page.Limit + 1);
        var rest = page.Position is not { } last ? all : page.Descending ? all with { To = prefix + last } : all with { From = prefix + last + '\0' };
        return (await store.Query(Partition.Rule(tenant, missionRuleId), rest, stop)).Items;
    }

    /// <summary>Where it is among the rule's events.</summary>
    public static string Position(RuleEvent one) => one.Number.ToString("D12", CultureInfo.InvariantCulture);
}
