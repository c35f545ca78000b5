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

    [Theory]
    [InlineData("", "prod.json: The input does not contain any JSON tokens")]
    [InlineData("{", "LineNumber")]
    [InlineData("""{ "project": "aworld" "size": 1 }""", "LineNumber")]
    public void A_file_that_is_no_JSON_is_refused_with_its_name_and_place(string text, string said)
    {
        using var folder = new Folder();
        File.WriteAllText(folder.File, text);
        folder.Refusal().ShouldContain(said);
    }

    [Fact]
    public void A_file_of_more_than_a_megabyte_is_not_read()
    {
        using var folder = new Folder();
        File.WriteAllText(folder.File, new string(' ', Plan.MostBytes + 1));
        folder.Refusal().ShouldEndWith($"has {Plan.MostBytes + 1:N0} bytes, and {Plan.MostBytes:N0} are the most");
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_refused_with_its_name()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder.File);
        folder.Refusal().ShouldStartWith($"{folder.File}: ");
        Directory.Delete(folder.File);
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(folder.File, folder.File);
            folder.Refusal().ShouldStartWith($"{folder.File}: ");
            File.Delete(folder.File);
            File.WriteAllText(folder.File, "{}");
            File.SetUnixFileMode(folder.File, UnixFileMode.None);
            Plan.Read("prod", folder.Path).Problems.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void However_much_is_wrong_and_however_long_it_is_what_is_said_of_it_can_be_read()
    {
        using var folder = new Folder();
        var (word, words) = (new string('a', EnvironmentFile.MostCharacters), string.Concat(Enumerable.Repeat("'a\\n ", 50_000)));
        File.WriteAllText(folder.File, $$"""{ "project": "{{word}}", "owner": "{{words}}", "zones": ["{{word}}\n", {{string.Join(',', Enumerable.Repeat("1", 10_000))}}], "{{words}}": 1 }""");
        var problems = Plan.Read("prod", folder.Path).Problems;
        problems.Count.ShouldBe(Plan.MostProblems + 1);
        problems[^1].ShouldMatch("^and [0-9,]+ more$");
        problems.ShouldContain($"$.owner: has 200000 characters, and {EnvironmentFile.MostCharacters} are the most");
        problems.ShouldAllBe(static problem => problem.Length < 200 && !problem.Any(char.IsControl));
    }

    [Theory]
    [InlineData]
    [InlineData("plan")]
    [InlineData("plan", "--stack", "nowhere")]
    public void The_program_refuses_with_words_and_not_with_an_exception(params string[] arguments) =>
        typeof(Plan).Assembly.EntryPoint!.Invoke(null, [arguments]).ShouldBe(1);

    /// <summary>Of environments, of which prod is looked at.</summary>
    sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("aworld-environments-").FullName;
        public string File => System.IO.Path.Combine(Path, "prod.json");

        public string Refusal()
        {
            var (topology, problems) = Plan.Read("prod", Path);
            topology.ShouldBeNull();
            return problems.ShouldHaveSingleItem();
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary>Nobody tries them before a region is lost.</summary>
    [Fact]
    public async Task Resources_that_the_runbook_names_are_made()
    {
        var (prod, _) = Plan.Read("prod", Path.Combine(Repository.Root, "infra", "AWorld.Infra", "environments"));
        var made = (await AWorld.Infra.Graph.Of(prod!, Plan.Entities())).Select(static one => $"urn:pulumi:prod::aworld::{one.Type}::{one.Name}").ToList();
        var runbook = string.Concat(((string[])["failover.md", "infra.md"]).Select(static file => File.ReadAllText(Path.Combine(Repository.Root, "docs", file))));
        var targets = Regex.Matches(runbook, "--(?:target|exclude) '([^']+)'").Select(static match => match.Groups[1].Value).ToList();
        targets.Count.ShouldBeGreaterThan(6);
        targets.Where(target => !made.Exists(urn => Regex.IsMatch(urn, $"^{Regex.Escape(target).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^:]*", StringComparison.Ordinal)}$"))).ShouldBeEmpty();
        string[] names = [.. prod!.Resources.Select(static one => one.Name)];
        Regex.Matches(runbook, @"\baworld-prod-[a-z0-9-]+(?<!-)").Select(static match => match.Value).Where(name => !names.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void The_program_itself_is_short() => File.ReadLines(Path.Combine(Repository.Root, "infra", "AWorld.Infra", "Program.cs")).Count().ShouldBeLessThan(40);
}
