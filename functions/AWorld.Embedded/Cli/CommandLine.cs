using System.CommandLine;
using Spectre.Console;

namespace AWorld.Embedded.Cli;

/// <summary>What <c>aworld</c> can be told, and how a failure ends: one line that says what to do, and an exit code.</summary>
static class CommandLine
{
    public const int Done = 0;
    public const int WrongInput = 1;
    public const int Failed = 2;
    public const int Interrupted = 130;

    internal static readonly Option<string?> Data = new("--data") { Description = "Folder of the database and everything else that must survive (default ./data)", HelpName = "FOLDER" };

    public static RootCommand Create()
    {
        var serve = ServeCommand.Create("serve", "Start the platform on this machine (the default)");
        var root = new RootCommand("AWorld on one machine: start it, feed it, back it up.");
        root.Options.Add(Data);
        foreach (var option in serve.Options)
        {
            root.Options.Add(option);
        }
        root.Action = serve.Action;
        root.Subcommands.Add(serve);
        root.Subcommands.Add(ReplayCommand.Create());
        root.Subcommands.Add(MaintenanceCommands.Backup());
        root.Subcommands.Add(MaintenanceCommands.Restore());
        root.Subcommands.Add(MaintenanceCommands.Keys());
        root.Subcommands.Add(MaintenanceCommands.Principals());
        root.Subcommands.Add(WorkflowCommands.Create());
        root.Subcommands.Add(AuditCommand.Create());
        root.Subcommands.Add(MessageCommands.Create());
        root.Subcommands.Add(DeadLetterCommands.Create());
        root.Subcommands.Add(ParkedCommand.Create());
        return root;
    }

    public static async Task<int> Run(string[] arguments)
    {
        var parsed = Create().Parse(arguments);
        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false });
        }
        catch (Exception failure) when (Explain(failure) is { } explained)
        {
            Complain(explained);
            return Failed;
        }
    }

    public static void Complain(string message) => Console.Error.WriteLine($"aworld: {message}");

    /// <summary>Null for a defect, which shall show its stack.</summary>
    static string? Explain(Exception failure) => failure switch
    {
        CommandException or ApiException or Storage.StoreException => failure.Message,
        Microsoft.Extensions.Options.OptionsValidationException options => $"the configuration is wrong; correct it in {LocalSettings.FileName} or the environment:\n  {string.Join("\n  ", options.Failures)}",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException taken } => $"{taken.Message}; stop what listens there, or choose another port with --port",
        UnauthorizedAccessException or IOException => failure.Message,
        HttpRequestException unreachable => $"{unreachable.Message}; is the platform running? Start it with: aworld serve",
        OperationCanceledException => "stopped",
        _ => null,
    };
}

/// <summary>A failure whose message tells the user what to do next.</summary>
sealed class CommandException(string message) : Exception(message);
