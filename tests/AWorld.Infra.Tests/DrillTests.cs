using System.Diagnostics;

namespace AWorld.Infra.Tests;

/// <summary>The drill from begin to end, with stubs of what it calls in its path; time passes when it sleeps.</summary>
public sealed class DrillTests : IDisposable
{
    const string Origin = "westeurope";

    readonly string folder = Directory.CreateTempSubdirectory("aworld-drill-").FullName;

    public DrillTests()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "the drill is a script for bash");
        File.WriteAllText(At("enabled"), $"{Origin}\nnortheurope\n");
        File.WriteAllText(At("time"), "");
        File.WriteAllText(At("broken"), "0");
        Stub("az", $"""
            case "$*" in
              *"origin list"*) cat enabled ;;
              *Disabled*) echo out >> calls; grep -vx {Origin} enabled > left; mv left enabled; [ ! -e half ] ;;
              *Enabled*) echo back >> calls; [ "$(grep -c back calls)" -gt "$(cat broken)" ] || exit 1; echo {Origin} >> enabled ;;
            esac
            """);
        // One byte of time is a fifth of a second.
        Stub("sleep", """[ "$1" = 15 ] && printf '%075d' 0 >> time || printf 0 >> time""");
        Stub("date", """
            at=$(wc -c < time)
            case "$1" in
              +%s) echo $((1000000 + at / 5)) ;;
              +%s.%3N) echo "$((1000000 + at / 5)).$((at % 5 * 2))00" ;;
              *) echo 12:00:00 ;;
            esac
            """);
        Stub("curl", $"""
            case "$*" in *http_code*) ;; *) exit 0 ;; esac
            if ! grep -qx {Origin} enabled; then
              [ ! -e interrupt ] || kill -s "$(cat interrupt)" "$(cat drill)"
              echo . >> after
              [ "$(wc -l < after)" -gt "$(cat failing)" ] || code=503
            fi
            echo "$code 0.010" | sed 's/^ /200 /'
            """);
    }

    [Theory]
    [InlineData(0, 0, "failed 0 (0.00 %)")]
    [InlineData(20, 1, "recovered within that")]
    public void A_drill_takes_the_region_out_measures_and_puts_it_back(int failing, int exit, string said)
    {
        var (code, output) = Drill(failing);
        code.ShouldBe(exit, output);
        output.ShouldContain(said);
        output.ShouldContain("restored: westeurope is enabled again");
        Calls.ShouldBe(["out", "back"]);
        Enabled.ShouldBe(["northeurope", Origin]);
    }

    [Theory]
    [InlineData("TERM")]
    public void A_drill_that_is_interrupted_puts_the_region_back_and_stops_probing(string signal)
    {
        File.WriteAllText(At("interrupt"), signal);
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(2, output);
        output.ShouldContain("restored: westeurope is enabled again");
        Calls.ShouldBe(["out", "back"]);
        Enabled.ShouldBe(["northeurope", Origin]);
        // It was to probe for 60 seconds.
        new FileInfo(At("time")).Length.ShouldBeLessThan(250);
    }

    [Fact]
    public void A_region_that_cannot_be_put_back_is_said_to_be_out()
    {
        File.WriteAllText(At("broken"), "3");
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(2, output);
        output.ShouldContain("NOT RESTORED: enable the origin westeurope by hand");
    }

    [Fact]
    public void A_region_that_cannot_be_put_back_at_once_is_put_back()
    {
        File.WriteAllText(At("broken"), "2");
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(0, output);
        output.ShouldContain("restored: westeurope is enabled again");
        Enabled.ShouldBe(["northeurope", Origin]);
    }

    /// <summary>The command says that it failed, and the region is out.</summary>
    [Fact]
    public void A_region_that_was_taken_out_by_a_command_that_failed_is_put_back()
    {
        File.WriteAllText(At("half"), "");
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(2, output);
        output.ShouldContain("could not disable westeurope");
        output.ShouldContain("restored: westeurope is enabled again");
        Enabled.ShouldBe(["northeurope", Origin]);
    }

    [Theory]
    [InlineData("westeurope\n", "the only region that serves")]
    [InlineData("northeurope\nswedencentral\n", "westeurope is not enabled; enabled are: northeurope, swedencentral")]
    public void A_drill_that_would_be_an_outage_or_none_is_refused(string enabled, string said)
    {
        File.WriteAllText(At("enabled"), enabled);
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(2);
        output.ShouldContain(said);
        Calls.ShouldBeEmpty();
    }

    string[] Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];

    string[] Enabled => File.ReadAllLines(At("enabled"));

    string At(string file) => Path.Combine(folder, file);

    void Stub(string command, string text)
    {
        File.WriteAllText(At(command), $"#!/bin/sh\ncd '{folder}'\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At(command), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    (int Code, string Output) Drill(int failing)
    {
        File.WriteAllText(At("failing"), $"{failing}");
        // The shell becomes the drill, whose id the stub of curl has to know.
        var start = new ProcessStartInfo("/bin/bash", ["-c", """echo $$ > "$0/drill"; exec bash "$1" group profile apps westeurope https://api.aworld.example 60 2>&1""", folder, Path.Combine(Repository.Root, "infra", "drill.sh")]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["PATH"] = $"{folder}:{System.Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["TMPDIR"] = folder;
        using var drill = Process.Start(start)!;
        var output = drill.StandardOutput.ReadToEnd();
        drill.WaitForExit();
        return (drill.ExitCode, output);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
