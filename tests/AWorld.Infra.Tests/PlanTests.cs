using System.Text.RegularExpressions;
using AWorld.Infra.Topologies;

namespace AWorld.Infra.Tests;

public sealed class PlanTests
{
    [Theory, MemberData(nameof(GraphTests.Every), MemberType = typeof(GraphTests))]
    public async Task A_plan_says_what_there_will_be_what_it_costs_and_what_failures_cost(int which)
    {
        var topology = Topology.Of(Environments.All[which], "test");
        var text = new StringWriter();
        (await Plan.Print(topology, text)).ShouldBe(0);
        var plan = text.ToString();
        foreach (var said in (string[])[.. topology.Stamps.Select(static stamp => stamp.Name(Named.App)), "request units a second", "busy: 1,000 requests/s", "a zone", "a bad deployment", "Policies: 7 hold"])
        {
            plan.ShouldContain(said);
        }
    }

    [Fact]
    public void A_stack_without_an_environment_is_refused_with_those_there_are()
    {
        var (topology, problems) = Plan.Read("nowhere", Path.Combine(Repository.Root, "infra", "AWorld.Infra", "environments"));
        topology.ShouldBeNull();
        problems.ShouldHaveSingleItem().ShouldContain("there are: dev, prod, staging");
    }

    /// <summary>Nobody tries them before a region is lost.</summary>
    [Fact]
    public async Task Resources_that_the_runbook_names_are_made()
    {
        var (prod, _) = Plan.Read("prod", Path.Combine(Repository.Root, "infra", "AWorld.Infra", "environments"));
        var made = (await AWorld.Infra.Graph.Of(prod!, Plan.Entities())).Select(static one => $"urn:pulumi:prod::aworld::{one.Type}::{one.Name}").ToList();
        var runbook = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "failover.md"), TestContext.Current.CancellationToken);
        var targets = Regex.Matches(runbook, "--target '([^']+)'").Select(static match => match.Groups[1].Value).ToList();
        targets.Count.ShouldBeGreaterThan(2);
        targets.Where(target => !made.Exists(urn => Regex.IsMatch(urn, $"^{Regex.Escape(target).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^:]*", StringComparison.Ordinal)}$"))).ShouldBeEmpty();
        string[] names = [.. prod!.Resources.Select(static one => one.Name)];
        Regex.Matches(runbook, @"\baworld-prod-[a-z0-9-]+(?<!-)").Select(static match => match.Value).Where(name => !names.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void The_program_itself_is_short() => File.ReadLines(Path.Combine(Repository.Root, "infra", "AWorld.Infra", "Program.cs")).Count().ShouldBeLessThan(40);
}
