using System.CommandLine;
using AWorld.Embedded.Demo;

namespace AWorld.Embedded.Cli;

static class ServeCommand
{
    static readonly Option<int?> Port = new("--port") { Description = "Port to listen on (default 7071)" };
    static readonly Option<string?> Host = new("--host") { Description = "Address to listen on (default 127.0.0.1, which only this machine reaches)" };
    static readonly Option<bool> Demo = new("--demo") { Description = "Fill the data folder with a demonstration, once, and say how to try it" };

    public static Command Create(string name, string description)
    {
        var command = new Command(name, description) { CommandLine.Data, Port, Host, Demo };
        command.SetAction((arguments, stop) => Run(Options(arguments), arguments.GetValue(Demo), stop));
        return command;
    }

    /// <summary>Configuration, overridden by the command line.</summary>
    static EmbeddedOptions Options(ParseResult arguments)
    {
        var configured = EmbeddedOptions.Configured();
        return configured with
        {
            Data = arguments.GetValue(CommandLine.Data) ?? configured.Data,
            Port = arguments.GetValue(Port) ?? configured.Port,
            Host = arguments.GetValue(Host) ?? configured.Host,
        };
    }

    static async Task<int> Run(EmbeddedOptions options, bool demo, CancellationToken stop)
    {
        var app = EmbeddedHost.Build(options);
        await using var _ = app;
        await app.StartAsync(stop);
        var address = new Uri(app.Urls.First());
        Console.WriteLine($"AWorld listens on {address.GetLeftPart(UriPartial.Authority)} and keeps its data in {Path.GetFullPath(options.Data)}. Ctrl+C stops it.");
        try
        {
            if (demo)
            {
                Console.WriteLine(FirstSteps.Text(await DemoSeed.Run(app.Services, address, options.Data, stop), options.Data));
            }
        }
        catch
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        await app.WaitForShutdownAsync(stop);
        return CommandLine.Done;
    }
}
