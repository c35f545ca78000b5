namespace AWorld.Infra.Tests;

/// <summary>The drill from begin to end, with stubs of what it calls in its path; time passes when it sleeps.</summary>
public sealed class DrillTests : IDisposable
{
    const string Origin = "westeurope";

    readonly Stage stage = new();

    public DrillTests()
    {
        File.WriteAllText(At("enabled"), $"{Origin}\nnortheurope\n");
        File.WriteAllText(At("time"), "");
        File.WriteAllText(At("broken"), "0");
        File.WriteAllText(At("named"), "eu-west-1");
        File.WriteAllText(At("nearest"), "eu-west-1");
        File.WriteAllText(At("next"), "eu-north-1");
        stage.Stub("az", $"""
            case "$*" in
              *"origin list"*) cat enabled ;;
              *"origin show"*) echo weu.azurewebsites.net ;;
              *"functionapp list"*weu.azurewebsites.net*) echo /sites/weu ;;
              *"--ids /sites/weu"*) cat named ;;
              *Disabled*) echo out >> calls; grep -vx {Origin} enabled > left; mv left enabled; [ ! -e half ] ;;
              *Enabled*) echo back >> calls; [ "$(grep -c back calls)" -gt "$(cat broken)" ] || exit 1; echo {Origin} >> enabled ;;
            esac
            """);
        // One byte of time is a fifth of a second.
        stage.Stub("sleep", """[ "$1" = 15 ] && printf '%075d' 0 >> time || printf 0 >> time""");
        // What only GNU's date knows is not there.
        stage.Stub("date", """[ "$1" = +%s ] && echo $((1000000 + $(wc -c < time) / 5)) || exit 1""");
        stage.Stub("curl", $$"""
            region=$(cat nearest)
            if ! grep -qx {{Origin}} enabled; then
              region=$(cat next)
              [ ! -e interrupt ] || kill -s "$(cat interrupt)" "$(cat pid)"
              echo . >> after
              [ "$(wc -l < after)" -gt "$(cat failing)" ] || code=503
            fi
            printf '{"status":"healthy","region":"%s"}\n%s 0.010' "$region" "${code:-200}"
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
        output.ShouldContain("answered by eu-north-1: ");
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
        output.ShouldContain("NOT RESTORED. Do it by hand: az afd origin update -g group --profile-name profile --origin-group-name apps --origin-name westeurope --enabled-state Enabled");
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

    /// <summary>From there it would report that all went well, and would have measured nothing.</summary>
    [Theory]
    [InlineData("eu-north-1", "of 10 answers 0 came from westeurope (eu-west-1)")]
    [InlineData("", "of 10 answers 0 came from westeurope (eu-west-1)")]
    public void A_drill_where_another_region_is_nearer_is_refused(string nearest, string said)
    {
        File.WriteAllText(At("nearest"), nearest);
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(2, output);
        output.ShouldContain(said);
        Calls.ShouldBeEmpty();
    }

    [Fact]
    public void A_drill_of_an_app_whose_region_cannot_be_read_is_refused()
    {
        File.WriteAllText(At("named"), "");
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(2, output);
        output.ShouldContain("cannot read what the app of westeurope calls its region");
        Calls.ShouldBeEmpty();
    }

    [Fact]
    public void A_drill_in_which_no_other_region_answers_says_that_it_measured_nothing()
    {
        File.WriteAllText(At("next"), "eu-west-1");
        var (code, output) = Drill(failing: 0);
        code.ShouldBe(2, output);
        output.ShouldContain("nothing was measured");
        Enabled.ShouldBe(["northeurope", Origin]);
    }

    string[] Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];

    string[] Enabled => File.ReadAllLines(At("enabled"));

    string At(string file) => stage.At(file);

    (int Code, string Output) Drill(int failing)
    {
        File.WriteAllText(At("failing"), $"{failing}");
        return stage.Run("drill.sh", "group", "profile", "apps", Origin, "https://api.aworld.example", "60");
    }

    public void Dispose() => stage.Dispose();
}
