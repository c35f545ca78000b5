using System.Diagnostics;

namespace AWorld.Infra.Tests;

/// <summary>A folder that a script of the operator's runs in, whose commands come before the machine's own.</summary>
sealed class Stage : IDisposable
{
    /// <param name="tools">What the script uses itself; without them its test is skipped.</param>
    public Stage(params IReadOnlyList<string> tools)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "it is a script for bash");
        var missing = tools.Where(static tool => !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(place => File.Exists(Path.Combine(place, tool)))).ToList();
        Assert.SkipUnless(missing.Count == 0, $"not installed: {string.Join(", ", missing)}");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("aworld-stage-").FullName;

    public string At(string file) => Path.Combine(Folder, file);

    public void Stub(string command, string text)
    {
        File.WriteAllText(At(command), $"#!/bin/sh\ncd '{Folder}'\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At(command), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The file `pid` has its process while it runs.</summary>
    /// <returns>What it said, to whichever of the two.</returns>
    public (int Code, string Output) Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", """echo $$ > pid; exec bash "$0" "$@" 2>&1""", Path.Combine(Repository.Root, "infra", script), .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = Folder };
        start.Environment["PATH"] = $"{Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["TMPDIR"] = Folder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
