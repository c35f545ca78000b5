using AWorld.Embedded.Cli;

namespace AWorld.Tests;

/// <summary>For tests of commands, which have the console for themselves.</summary>
[CollectionDefinition(nameof(OwnConsole), DisableParallelization = true)]
public sealed class OwnConsole
{
    /// <summary>Runs a command line and gives what it printed.</summary>
    public static async Task<(int Code, string Text)> Run(string line)
    {
        var (written, console) = (new StringWriter(), Console.Out);
        Console.SetOut(written);
        try
        {
            return (await CommandLine.Run(line.Split(' ')), written.ToString());
        }
        finally
        {
            Console.SetOut(console);
        }
    }
}
