using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using AWorld.Infra.Topologies;
using AWorld.Platform;

namespace AWorld.Infra.Tests;

public sealed class AlertTests
{
    [Fact]
    public async Task Alerts_watch_what_docs_say_they_do()
    {
        static IEnumerable<string> Alerts(IEnumerable<Declared> graph) => graph.Where(static one => one.Type is "azure-native:monitor:MetricAlert" or "azure-native:monitor:ScheduledQueryRule").Select(static one => one.Name);
        var (one, two) = (await Environments.One.Graph(), await Environments.Two.Graph());
        string[] ofCell = ["throttled", "errors", "slow", "silent", "capped", "workflows", "late", "keys"];
        Alerts(one).Order().ShouldBe(["alerts-origins", .. ofCell.Select(static name => $"alerts-main-{name}"), "alerts-main-weu-dead", "alerts-main-weu-full", "alerts-main-weu-stuck", "alerts-main-weu-waiting"], ignoreOrder: true);
        Alerts(two).Except(Alerts(one)).Order().ShouldBe(["alerts-main-neu-dead", "alerts-main-neu-full", "alerts-main-neu-stuck", "alerts-main-neu-waiting", "alerts-main-replication"]);
    }

    /// <summary>An average over all regions would hide one that is ill.</summary>
    [Fact]
    public async Task Alerts_look_at_each_region_queue_and_topic_by_itself()
    {
        var graph = await Environments.Two.Graph();
        static IEnumerable<string> Split(Declared alert) => ((ImmutableArray<object>)((ImmutableDictionary<string, object>)alert.List("criteria.allOf").Single())["dimensions"]).Cast<ImmutableDictionary<string, object>>()
            .Select(static dimension => $"{dimension["name"]} {string.Join(",", (ImmutableArray<object>)dimension["values"])}");
        Split(graph.Single(static one => one.Name == "alerts-origins")).ShouldBe(["Origin *", "OriginGroup *"]);
        Split(graph.Single(static one => one.Name == "alerts-main-weu-dead")).ShouldBe(["EntityName *"]);
        Split(graph.Single(static one => one.Name == "alerts-main-weu-waiting")).ShouldBe([$"EntityName {string.Join(",", Plan.Entities().Where(static entity => !entity.IsTopic).Select(static entity => entity.Name))}"]);
        var rules = graph.Where(static one => one.Type == "azure-native:monitor:ScheduledQueryRule").ToList();
        rules.Select(Split).ShouldAllBe(static dimensions => dimensions.Single() == "AppRoleName *");
        rules.Where(static rule => rule.Name != "alerts-main-silent").Select(Query).ShouldAllBe(static query => query.Contains("by AppRoleName"));
        Query(rules.Single(static rule => rule.Name == "alerts-main-silent")).ShouldStartWith("datatable(AppRoleName: string) ['aworld-test-weu-app', 'aworld-test-neu-app'] |");
        foreach (var rule in rules.Where(static rule => rule.Name is "alerts-main-errors" or "alerts-main-slow"))
        {
            Query(rule).ShouldContain("where isnotempty(Url) and Url !contains '/health/'");
        }

        static string Query(Declared rule) => (string)((ImmutableDictionary<string, object>)rule.List("criteria.allOf").Single())["query"];
    }

    /// <summary>One that only another host records would keep its alert silent for ever.</summary>
    [Fact]
    public void Every_metric_that_an_alert_asks_for_is_recorded_by_what_runs_on_Azure()
    {
        var instruments = typeof(Telemetry).GetFields().Where(static field => field.GetValue(null) is Instrument).ToDictionary(static field => ((Instrument)field.GetValue(null)!).Name, static field => field.Name);
        var sources = ((string[])["AWorld", "AWorld.Functions"]).SelectMany(static project => Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions", project), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText).ToList();
        var asked = Components.AlertQuery.Of(Topology.Of(Environments.One, "test").Cells[0]).SelectMany(static query => Regex.Matches(query.Text, "Name == '([^']+)'", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking).Select(static match => match.Value[9..^1])).ToList();
        asked.ShouldBe(["aworld.workflows.ended", "aworld.workflows.lag", "aworld.keys.out_of_reach"]);
        asked.Where(metric => !sources.Exists(source => Regex.IsMatch(source, $@"\b{instruments[metric]}\.(Add|Record)\(", RegexOptions.NonBacktracking))).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_budget_counts_the_environment_alone_from_the_month_it_is_made_in()
    {
        var graph = await AWorld.Infra.Graph.Of(Topology.Of(Environments.TwoCells, "test"), Plan.Entities(), new Stopped(new(2027, 2, 28, 23, 59, 0, TimeSpan.Zero)));
        var budget = graph.Single(static one => one.Type == "azure-native:consumption:Budget");
        budget["timePeriod.startDate"].ShouldBe("2027-02-01T00:00:00Z");
        budget["filter.dimensions.name"].ShouldBe("ResourceGroupName");
        budget.List("filter.dimensions.values").Order().ShouldBe(graph.Where(static one => one.Type == "azure-native:resources:ResourceGroup").Select(static one => one["resourceGroupName"]).Order());
    }

    sealed class Stopped(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
