using AWorld.Benchmarks;
using Spectre.Console;

// dotnet run -c Release --project tests/AWorld.Benchmarks -- store|ranks|actions [--data FOLDER]
var data = args.Length == 3 && args[1] == "--data" ? Path.GetFullPath(args[2]) : Directory.CreateTempSubdirectory("aworld-bench-").FullName;
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
            await ActionsBenchmark.Run(data);
            return 0;
        default:
            Console.Error.WriteLine("usage: AWorld.Benchmarks store|ranks|actions [--data FOLDER]");
            return 1;
    }
}
finally
{
    if (args.Length == 1)
    {
        Directory.Delete(data, recursive: true);
    }
}
