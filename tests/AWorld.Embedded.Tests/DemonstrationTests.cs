using System.Text.Json;
using AWorld.Embedded.Cli;
using AWorld.Embedded.Demo;
using AWorld.Embedded.Replay;
using Microsoft.AspNetCore.Builder;

namespace AWorld.Embedded.Tests;

/// <summary>The demonstration and a replay into it, over a real socket.</summary>
public sealed class DemonstrationTests : IAsyncLifetime
{
    readonly string data = Directory.CreateTempSubdirectory("aworld-").FullName;
    WebApplication host = null!;
    DemoFile demo = null!;

    public async ValueTask InitializeAsync()
    {
        host = EmbeddedHost.Build(new() { Data = data, Port = 0 });
        await host.StartAsync();
        demo = await Seed();
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    Task<DemoFile> Seed() => DemoSeed.Run(host.Services, new(host.Urls.First()), data, CancellationToken.None);

    ApiClient Client(DemoWorkspace workspace, string context)
    {
        var client = workspace.Client(context);
        return new(new() { BaseAddress = new(demo.BaseUrl) }, client.ClientId, client.ClientSecret);
    }

    [Fact]
    public async Task It_is_made_once_and_found_again()
    {
        var again = await Seed();
        again.AccountId.ShouldBe(demo.AccountId);
        JsonSerializer.Serialize(again).ShouldBe(JsonSerializer.Serialize(await DemoFile.Read(data, CancellationToken.None)));
        demo.Workspaces.Select(workspace => workspace.Development).ShouldBe([false, true]);
    }

    [Fact]
    public async Task In_each_workspace_one_action_moves_a_mission_pays_and_ranks()
    {
        foreach (var workspace in demo.Workspaces)
        {
            using var app = Client(workspace, "app");
            var user = workspace.Users[1].UserId;
            await app.Post("/app/v1/activity-logs", new { activityId = "recycle", userId = user }, CancellationToken.None, user);
            (await app.Get("/app/v1/missions", CancellationToken.None, user)).GetProperty("items")[0].GetProperty("currentAmount").GetDecimal().ShouldBe(1);
            var board = (await app.Get("/app/v1/runtime-leaderboards", CancellationToken.None, user)).GetProperty("items")[0].GetProperty("runtimeLeaderboardId").GetString();
            var mine = await app.Get($"/app/v1/runtime-leaderboards/{board}/rankings/me", CancellationToken.None, user);
            (mine.GetProperty("rank").GetInt32(), mine.GetProperty("score").GetDecimal()).ShouldBe((1, 10));
        }
    }

    [Fact]
    public async Task A_replay_stops_at_a_wrong_line_goes_on_where_it_stopped_and_repeats_nothing()
    {
        var lines = Enumerable.Range(1, 24).Select(id => Event(id, id % 2 == 0 ? "ada" : "alan")).ToList();
        var file = Path.Combine(data, "events.ndjson");
        await File.WriteAllLinesAsync(file, [.. lines[..10], "{}", .. lines[10..]]);
        using var management = Client(demo.Workspaces[0], "dashboard");

        var first = NewRun(management, file, skipInvalid: false);
        (await Should.ThrowAsync<CommandException>(() => first.Run(_ => { }, CancellationToken.None))).Message.ShouldContain($"{file}:11: ");
        first.Tally.Sent.ShouldBe(10);

        await File.WriteAllLinesAsync(file, [.. lines[..10], lines[10], .. lines[10..]]);
        var second = NewRun(management, file, skipInvalid: false);
        await second.Run(_ => { }, CancellationToken.None);
        second.Tally.Sent.ShouldBe(15);
        (first.Tally.MissionsCompleted + second.Tally.MissionsCompleted).ShouldBe(2);
        (first.Tally.PaidByCurrency["points"] + second.Tally.PaidByCurrency["points"]).ShouldBe(24 * 10 + 2 * 50);

        File.Delete(ReplayCursor.PathOf(file));
        await File.AppendAllLinesAsync(file, [Event(99, "nobody"), "no JSON"]);
        var complaints = new List<string>();
        var third = NewRun(management, file, skipInvalid: true, complaints.Add);
        await third.Run(_ => { }, CancellationToken.None);
        (third.Tally.Sent, third.Tally.Skipped, third.Tally.PaidByCurrency.Count).ShouldBe((25, 2, 0));
        complaints.Select(complaint => complaint[(file.Length + 1)..].Split(':')[0]).Order().ShouldBe(["26", "27"]);
    }

    ReplayRun NewRun(ApiClient api, string file, bool skipInvalid, Action<string>? complain = null) =>
        new(api, new(file, demo.BaseUrl, BatchSize: 3, Lanes: 2, skipInvalid), complain ?? (_ => { }));

    static string Event(int id, string who) =>
        $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"//tests","type":"aworld.activity.completed","subject":"{{{who}}}","time":"2026-03-10T09:00:00Z","data":{"activity":"recycle","outcome":"SUCCESS"}}""";
}
