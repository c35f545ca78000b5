using System.Text;
using AWorld.Embedded.Messages;
using AWorld.Platform.Messages;
using static AWorld.Tests.OwnConsole;

namespace AWorld.Tests.Messages;

/// <summary>The commands over the dead letters of a platform, running and stopped.</summary>
[Collection(nameof(OwnConsole))]
public sealed class DeadLetterCommandTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task<int> Dead(TestPlatform platform) => (await platform.Service<Broker>().Open(platform.Tenant, MessageEntities.Inbound, Stop)).Find(null, true).Count;

    static async Task Until(TestPlatform platform, int dead)
    {
        for (var waited = 0; await Dead(platform) != dead; waited++)
        {
            waited.ShouldBeLessThan(60_000);
            await Task.Delay(2, Stop);
        }
    }

    [Fact]
    public async Task An_operator_lists_shows_and_resubmits_dead_letters()
    {
        var platform = await TestPlatform.Start();
        await platform.Service<IMessagePublisher>().Send(platform.Tenant, MessageEntities.Inbound.Name,
            [.. new[] { "one", "two" }.Select(id => new Message(id, Encoding.UTF8.GetBytes($"nonsense {id}")) { SessionId = id, Properties = new Dictionary<string, string> { ["from"] = "hr" } })], Stop);
        await Until(platform, 2);

        var (code, text) = await Run($"deadletters list --data {platform.Data}");
        code.ShouldBe(0);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith($"{platform.Tenant}/aworld-inbound/");
        lines[0].ShouldContain("Unreadable: it is no CloudEvent 1.0 in JSON");
        (await Run($"deadletters list --workspace {platform.Sibling.Tenant} --data {platform.Data}")).Text.ShouldBeEmpty();
        var name = lines.Single(line => line.Contains(" two ", StringComparison.Ordinal)).Split(' ')[0];
        (code, text) = await Run($"deadletters show {name} --data {platform.Data}");
        code.ShouldBe(0);
        text.ShouldContain("nonsense two");
        text.ShouldContain("from: hr");
        (await Run($"deadletters show {platform.Tenant}/aworld-inbound/1 --data {platform.Data}")).Code.ShouldBe(2);
        (await Run($"deadletters resubmit {name} --data {platform.Data}")).Code.ShouldBe(2, "this one listens nowhere, so it cannot be asked");

        await platform.Stop();
        (code, text) = await Run($"deadletters resubmit {name} --data {platform.Data}");
        (code, text).ShouldBe((0, "1 resubmitted; start the platform to have them handled\n"));
        (await Run($"deadletters list --data {platform.Data}")).Text.ShouldNotContain(" two ");
        // It is handled, and as wrong as before.
        await using var again = await TestPlatform.Start(platform.Data);
        await Until(again, 2);
        (await Run($"deadletters list --data {platform.Data}")).Text.ShouldContain(" two ");
    }
}
