using System.Globalization;
using AWorld.Benchmarks;
using Spectre.Console;

// dotnet run -c Release --project tests/AWorld.Benchmarks -- store|ranks|actions|workflows|messages|events|inbound [--members N] [--data FOLDER]
string? Option(string name) => Array.IndexOf(args, name) is var at and > 0 && at + 1 < args.Length ? args[at + 1] : null;
var kept = Option("--data");
var data = kept is null ? Directory.CreateTempSubdirectory("aworld-bench-").FullName : Path.GetFullPath(kept);
AnsiConsole.Profile.Width = 200;
Report.Machine(data);
try
{
    switch (args.FirstOrDefault())
    {
        case "store":
            await StoreBenchmark.Run(data);
            return 0;
        case "ranks":
            await RankBenchmark.Run();
            return 0;
        case "actions":
            await ActionsBenchmark.Run(data, int.Parse(Option("--members") ?? "0", CultureInfo.InvariantCulture));
            return 0;
        case "workflows":
            await WorkflowsBenchmark.Run(data);
            return 0;
        case "messages":
            await MessagesBenchmark.Run(data);
            return 0;
        case "events":
            await EventsBenchmark.Run(data);
            return 0;
        case "inbound":
            await InboundBenchmark.Run(data);
            return 0;
        default:
            Console.Error.WriteLine("usage: AWorld.Benchmarks store|ranks|actions|workflows|messages|events|inbound [--members N] [--data FOLDER]");
            return 1;
    }
}
finally
{
    if (kept is null)
    {
        Directory.Delete(data, recursive: true);
    }
}
