using System.Diagnostics;

namespace AWorld.Tests;

/// <summary>Programs of Node.js that tests compare with; they lie in tests/node, a folder each with its own lock file.</summary>
static class Node
{
    /// <summary>Copies tests/node/{name} to a temporary folder and installs its packages; skips the test where that cannot be done.</summary>
    public static async Task<string> Install(string name)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"aworld-node-{Environment.UserName}", name);
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "node", name)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
        if (Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            return folder;
        }
        try
        {
            using var npm = Start("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
            npm.StandardInput.Close();
            var output = npm.StandardOutput.ReadToEndAsync();
            var errors = npm.StandardError.ReadToEndAsync();
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0)
            {
                Assert.Skip($"npm ci failed in tests/node/{name}: {await output}{await errors}");
            }
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            Assert.Skip($"Node.js and npm are needed to compare with tests/node/{name}: {absent.Message}");
        }
        return folder;
    }

    /// <summary>Runs a script, writes the lines to it and returns those that it writes.</summary>
    public static async Task<IReadOnlyList<string>> Run(string script, IEnumerable<string> lines)
    {
        using var node = Start("node", [script], Path.GetDirectoryName(script)!);
        var answers = node.StandardOutput.ReadToEndAsync();
        var errors = node.StandardError.ReadToEndAsync();
        foreach (var line in lines)
        {
            await node.StandardInput.WriteLineAsync(line);
        }
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0, await errors);
        return (await answers).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Starts a script that serves until its standard input closes.</summary>
    public static Process Serve(string script) => Start("node", [script], Path.GetDirectoryName(script)!);

    static Process Start(string program, IEnumerable<string> arguments, string folder) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardInputEncoding = new System.Text.UTF8Encoding(false),
        StandardOutputEncoding = System.Text.Encoding.UTF8,
    })!;
}

/// <summary>Where the sources are.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AWorld.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside their repository");
    }
}
