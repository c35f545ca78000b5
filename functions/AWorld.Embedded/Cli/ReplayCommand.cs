using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AWorld.Embedded.Demo;
using AWorld.Embedded.Replay;
using Spectre.Console;

namespace AWorld.Embedded.Cli;

/// <summary><c>aworld replay</c>: real events from a file, through the HTTP API, as fast as it takes them.</summary>
static class ReplayCommand
{
    const int LargestBatch = 500;
    const int MostLanes = 64;
    const int TopEntries = 10;

    static readonly Argument<FileInfo> Input = new Argument<FileInfo>("FILE") { Description = $"One CloudEvents 1.0 JSON object a line, of type {ReplayEvent.Type}" }.AcceptExistingOnly();
    static readonly Option<Uri?> Url = new("--url") { Description = "Where the platform is (default: as demo.json says, or http://127.0.0.1:7071)" };
    static readonly Option<string?> ClientId = new("--client-id") { Description = "Machine client with dashboard/read and dashboard/write (default: the one in demo.json)" };
    static readonly Option<string?> ClientSecret = new("--client-secret") { Description = "Its secret (default: the environment variable AWORLD_CLIENT_SECRET)" };
    static readonly Option<string?> Workspace = new("--workspace") { Description = "Which workspace of demo.json (default: the first)" };
    static readonly Option<int> Batch = Bounded("--batch", "Actions a request", LargestBatch, 200);
    static readonly Option<int> Lanes = Bounded("--parallel", "Requests at once", MostLanes, 8);
    static readonly Option<bool> SkipInvalid = new("--skip-invalid") { Description = "Report lines that cannot be used and go on" };
    static readonly Option<bool> Restart = new("--restart") { Description = "Begin with the first line again; actions sent before are not applied twice" };

    public static Command Create()
    {
        var command = new Command("replay", "Send a file of events to a running platform and go on where the last run stopped")
        {
            Input, CommandLine.Data, Url, ClientId, ClientSecret, Workspace, Batch, Lanes, SkipInvalid, Restart,
        };
        command.SetAction(Run);
        return command;
    }

    static Option<int> Bounded(string name, string description, int most, int usual)
    {
        var option = new Option<int>(name) { Description = $"{description}, 1 to {most}", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is var value && (value < 1 || value > most))
            {
                result.AddError($"{name} must be 1 to {most}.");
            }
        });
        return option;
    }

    static async Task<int> Run(ParseResult arguments, CancellationToken stop)
    {
        var file = arguments.GetValue(Input)!;
        var demo = await DemoFile.Read(arguments.GetValue(CommandLine.Data) ?? EmbeddedOptions.Configured().Data, stop);
        var workspace = arguments.GetValue(Workspace) is { } wanted
            ? demo?.Workspaces.FirstOrDefault(one => one.WorkspaceId == wanted) ?? throw new CommandException($"demo.json has no workspace {wanted}")
            : demo?.Workspaces[0];
        var url = arguments.GetValue(Url) ?? new Uri(demo?.BaseUrl ?? "http://127.0.0.1:7071");
        var (clientId, secret) = Credentials(arguments, workspace);
        if (arguments.GetValue(Restart))
        {
            File.Delete(ReplayCursor.PathOf(file.FullName));
        }
        using var api = new ApiClient(new() { BaseAddress = url }, clientId, secret);
        var run = new ReplayRun(api, new(file.FullName, $"{url} {clientId}", arguments.GetValue(Batch), arguments.GetValue(Lanes), arguments.GetValue(SkipInvalid)), CommandLine.Complain);
        var started = Stopwatch.GetTimestamp();
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(Markup.Escape(file.Name), maxValue: Math.Max(1, file.Length));
                await run.Run(characters =>
                {
                    bar.Value = characters;
                    bar.Description = Markup.Escape($"{file.Name}: {run.Tally.Sent:N0} actions, {Rate(run.Tally.Sent, started):N0}/s");
                }, stop);
                bar.Value = bar.MaxValue;
            });
        Summarise(run.Tally, started);
        if (workspace?.Clients.FirstOrDefault(client => client.Context == "app") is { } app && run.SomeUser is { } user)
        {
            using var asUser = new ApiClient(new() { BaseAddress = url }, app.ClientId, app.ClientSecret);
            await ShowTopTen(asUser, user, stop);
        }
        return CommandLine.Done;
    }

    static (string Id, string Secret) Credentials(ParseResult arguments, DemoWorkspace? workspace)
    {
        if (arguments.GetValue(ClientId) is { } id)
        {
            return (id, arguments.GetValue(ClientSecret) ?? Environment.GetEnvironmentVariable("AWORLD_CLIENT_SECRET")
                ?? throw new CommandException("the client needs its secret: pass --client-secret or set AWORLD_CLIENT_SECRET"));
        }
        var client = workspace?.Client("dashboard")
            ?? throw new CommandException("say who sends: pass --client-id and --client-secret, or --data with the folder of a demonstration");
        return (client.ClientId, client.ClientSecret);
    }

    static double Rate(long actions, long started) => actions / Math.Max(0.001, Stopwatch.GetElapsedTime(started).TotalSeconds);

    static void Summarise(ReplayTally tally, long started)
    {
        var culture = CultureInfo.InvariantCulture;
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned());
        table.AddRow("actions", tally.Sent.ToString("N0", culture));
        table.AddRow("actions a second", Rate(tally.Sent, started).ToString("N0", culture));
        table.AddRow("missions completed", tally.MissionsCompleted.ToString("N0", culture));
        foreach (var (currency, amount) in tally.PaidByCurrency.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            table.AddRow(Markup.Escape($"{currency} paid"), amount.ToString("N0", culture));
        }
        if (tally.Skipped > 0)
        {
            table.AddRow("lines skipped", tally.Skipped.ToString("N0", culture));
        }
        AnsiConsole.Write(table);
    }

    static async Task ShowTopTen(ApiClient api, string userId, CancellationToken stop)
    {
        var boards = await api.Get("/app/v1/runtime-leaderboards?state=ACTIVE&limit=1", stop, userId);
        foreach (var board in boards.GetProperty("items").EnumerateArray())
        {
            var id = board.GetProperty("runtimeLeaderboardId").GetString()!;
            var rankings = await api.Get($"/app/v1/runtime-leaderboards/{Uri.EscapeDataString(id)}/rankings?limit={TopEntries}", stop, userId);
            var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(rankings.GetProperty("leaderboard").GetProperty("name").GetString()!))
                .AddColumn(new TableColumn("rank").RightAligned()).AddColumn("who").AddColumn(new TableColumn("score").RightAligned());
            foreach (var entry in rankings.GetProperty("items").EnumerateArray())
            {
                table.AddRow(entry.GetProperty("rank").ToString(), Markup.Escape(Name(entry)), entry.GetProperty("score").GetDecimal().ToString("N0", CultureInfo.InvariantCulture));
            }
            AnsiConsole.Write(table);
        }
    }

    static string Name(JsonElement entry) =>
        (entry.TryGetProperty("primaryEntityName", out var name) ? name.GetString() : null) ?? entry.GetProperty("entityId").GetString()!;
}
