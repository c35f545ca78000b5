using AWorld.Embedded.Cli;

namespace AWorld.Embedded.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--demo --port 0 --data x")]
    [InlineData("serve --demo --host 0.0.0.0")]
    [InlineData("backup file --data x")]
    [InlineData("keys rotate")]
    [InlineData("workflows list --account a --state Quarantined --limit 5 --data x")]
    [InlineData("workflows show a/w/id")]
    [InlineData("workflows terminate a/w/id --reason because")]
    [InlineData("workflows retry a/w/id")]
    [InlineData("audit verify --data x")]
    public void What_the_readme_shows_is_understood(string line) => CommandLine.Create().Parse(line).Errors.ShouldBeEmpty();

    [Theory]
    [InlineData("serve --port many")]
    [InlineData("replay")]
    [InlineData("replay no-such-file.ndjson")]
    [InlineData("restore no-such-file")]
    [InlineData("workflows list --state Tired")]
    [InlineData("workflows list --limit 0")]
    [InlineData("workflows show")]
    [InlineData("dance")]
    public void What_makes_no_sense_is_refused(string line) => CommandLine.Create().Parse(line).Errors.ShouldNotBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public void A_batch_has_1_to_500_actions(int size) =>
        CommandLine.Create().Parse($"replay {typeof(CommandLineTests).Assembly.Location} --batch {size}").Errors.ShouldHaveSingleItem().Message.ShouldContain("1 to 500");

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::1", "::1")]
    public void It_listens_where_it_is_told(string host, string address) => new EmbeddedOptions { Host = host }.Address.ToString().ShouldBe(address);

    [Fact]
    public void A_host_that_is_no_address_is_named() =>
        Should.Throw<CommandException>(() => new EmbeddedOptions { Host = "example" }.Address).Message.ShouldContain("'example'");
}
