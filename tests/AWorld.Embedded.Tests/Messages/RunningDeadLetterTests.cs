using System.Net;
using System.Text;
using AWorld.Embedded.Messages;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static AWorld.Tests.OwnConsole;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>The command over the dead letters of a platform that runs and listens.</summary>
[Collection(nameof(OwnConsole))]
public sealed class RunningDeadLetterTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    static readonly Tenant Tenant = new("homeacct01", "workspace1");

    readonly string data = Directory.CreateTempSubdirectory("aworld-").FullName;
    WebApplication host = null!;

    public async ValueTask InitializeAsync()
    {
        host = EmbeddedHost.Build(new() { Data = data, Port = 0 });
        await host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_platform_resubmits_when_it_is_asked_and_handles_what_comes_again()
    {
        await host.Services.GetRequiredService<IMessagePublisher>().Send(Tenant, MessageEntities.Inbound.Name,
            [.. new[] { "one", "two", "three" }.Select(id => new Message(id, Encoding.UTF8.GetBytes($"nonsense {id}")) { SessionId = id })], Stop);
        var before = await Dead(3);

        (await Run($"deadletters resubmit {before["two"]} --data {data}")).ShouldBe((0, "1 resubmitted\n"));
        var after = await Dead(3);
        after["two"].ShouldNotBe(before["two"], "it died again, as another message");
        (after["one"], after["three"]).ShouldBe((before["one"], before["three"]));

        (await Run($"deadletters resubmit {after["two"]} --all --data {data}")).ShouldBe((0, "3 resubmitted\n"));
        (await Dead(3)).Values.ShouldNotContain(name => after.Values.Contains(name));
        (await Run($"deadletters resubmit {before["two"]} --data {data}")).Code.ShouldBe(2, "there is no such letter any more");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Operator AAAA")]
    [InlineData("Operator not base64")]
    [InlineData("Bearer AAAA")]
    public async Task Nobody_but_the_operator_is_let_in(string? authorization) => (await Ask(authorization)).ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task An_operator_is_let_in_for_some_minutes_by_the_key_of_this_folder_alone()
    {
        var key = new KeyFile(data);
        (await Ask(OperatorEndpoints.Authorization(key, new FakeClock(TimeProvider.System.GetUtcNow().AddMinutes(-6))))).ShouldBe(HttpStatusCode.Unauthorized);
        var other = Directory.CreateDirectory(Path.Combine(data, "other"));
        (await Ask(OperatorEndpoints.Authorization(new KeyFile(other.FullName), TimeProvider.System))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(OperatorEndpoints.Authorization(key, TimeProvider.System))).ShouldBe(HttpStatusCode.OK);
    }

    async Task<HttpStatusCode> Ask(string? authorization)
    {
        using var http = new HttpClient { BaseAddress = new(host.Urls.First()) };
        using var request = new HttpRequestMessage(HttpMethod.Post, OperatorEndpoints.ResubmitPath)
        {
            Content = new StringContent("""{ "accountId": "homeacct01", "workspaceId": "workspace1", "entity": "aworld-inbound" }""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await http.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    /// <summary>The names of so many dead letters by their message ids, once all are there.</summary>
    async Task<Dictionary<string, string>> Dead(int count)
    {
        var queue = (await host.Services.GetRequiredService<Broker>().Open(Tenant, MessageEntities.Inbound, Stop)).Find(null, deadLetters: true);
        for (var began = Environment.TickCount64; queue.Count != count; await Task.Delay(5, Stop))
        {
            (Environment.TickCount64 - began < Patience.TotalMilliseconds).ShouldBeTrue($"{queue.Count} dead letters");
        }
        var lines = (await Run($"deadletters list --data {data}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.ToDictionary(static line => line.Split(' ')[1], static line => line.Split(' ')[0]);
    }
}
