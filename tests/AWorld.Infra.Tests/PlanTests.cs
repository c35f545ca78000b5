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

    [Fact]
    public void The_program_itself_is_short() => File.ReadLines(Path.Combine(Repository.Root, "infra", "AWorld.Infra", "Program.cs")).Count().ShouldBeLessThan(40);
}
