namespace AWorld.Infra.Tests;

/// <summary>A package on its way to an app, with a stub of az in the script's path.</summary>
public sealed class PublishTests : IDisposable
{
    const string App = "aworld-prod-weu-app", Blob = "https://aworldprodweust.blob.core.windows.net/packages/app.zip";

    readonly Stage stage = new("jq");

    public PublishTests()
    {
        File.WriteAllText(stage.At("app.zip"), "a package");
        File.WriteAllText(stage.At("refused"), "nothing");
        stage.Stub("az", $"""
            case "$*" in
              *"functionapp list"*) case "$*" in *"'{App}'"*) echo /sites/weu ;; esac ;;
              *"appsettings list --ids /sites/weu"*) [ ! -e blob ] || cat blob ;;
              *"rest --method get --url /sites/weu?"*) echo {App}.scm.azurewebsites.net ;;
              *get-access-token*) echo 'header = "Authorization: Bearer token"' ;;
              *) echo "$*" >> calls; case "$*" in *"$(cat refused)"*) exit 1 ;; esac ;;
            esac
            """);
        stage.Stub("curl", """
            [ "$2" = --config ] || exit 2
            header=$(cat "$3")
            shift 3
            case "$*" in
              *publish*) printf '%s\n' "curl with $header $*" >> calls; printf '"this-one"\n'; cat answer ;;
              *latest*) [ -e begun ] || { touch begun; echo '{ "id": "one-before", "status": 4 }'; exit; }; echo "{ \"id\": \"this-one\", \"status\": $(head -1 states) }"; [ "$(wc -l < states)" -eq 1 ] || sed -i 1d states ;;
            esac
            """);
        stage.Stub("sleep", "");
    }

    /// <summary>Not by az's own command, which then asks the app how it is for as long as it refuses, and it refuses all but Front Door.</summary>
    [Theory]
    [InlineData("202", "1 2 4", 0, $"{App} has app.zip")]
    [InlineData("202", "1 3", 1, "could not use the package")]
    [InlineData("202", "5", 1, "could not use the package")]
    [InlineData("202", "-1", 1, "could not use the package")]
    [InlineData("202", "1 6", 1, "run it again")]
    [InlineData("202", "1", 1, "not done with it in five minutes")]
    [InlineData("403", "4", 1, "did not take the package: HTTP status 403")]
    [InlineData("000", "4", 1, "did not take the package: HTTP status 000")]
    public void An_app_on_Flex_Consumption_takes_the_package_itself(string answer, string states, int exit, string said)
    {
        File.WriteAllText(stage.At("answer"), answer);
        File.WriteAllLines(stage.At("states"), states.Split(' '));
        var (code, output) = Publish(App);
        output.ShouldContain(said);
        code.ShouldBe(exit, output);
        Calls[0].ShouldBe($"curl with header = \"Authorization: Bearer token\" -w \\n%{{http_code}} -X POST -H Content-Type: application/zip --data-binary @app.zip https://{App}.scm.azurewebsites.net/api/publish?RemoteBuild=false");
    }

    [Fact]
    public void An_app_that_runs_from_a_blob_is_started_again_with_the_new_one()
    {
        File.WriteAllText(stage.At("blob"), Blob);
        Publish(App).ShouldBe((0, $"{App} has app.zip\n"));
        Calls.ShouldBe([
            $"storage blob upload --auth-mode login --blob-url {Blob} --file app.zip --overwrite -o none",
            "functionapp restart --ids /sites/weu -o none",
            "resource invoke-action --action syncfunctiontriggers --ids /sites/weu -o none",
        ]);
    }

    [Theory]
    [InlineData("blob upload", 1, "cannot write")]
    [InlineData("restart", 2, "was not restarted")]
    [InlineData("syncfunctiontriggers", 3, "does not know its triggers")]
    public void What_Azure_refuses_ends_it_and_is_told(string refused, int calls, string said)
    {
        File.WriteAllText(stage.At("blob"), Blob);
        File.WriteAllText(stage.At("refused"), refused);
        var (code, output) = Publish(App);
        output.ShouldContain(said);
        code.ShouldBe(1, output);
        Calls.Length.ShouldBe(calls);
    }

    [Theory]
    [InlineData("aworld-prod-xyz-app", "app.zip", "there is no app aworld-prod-xyz-app")]
    [InlineData(App, "other.zip", "there is no package other.zip")]
    public void What_is_not_there_is_told_before_anything_is_done(string app, string package, string said)
    {
        var (code, output) = stage.Run("publish.sh", app, package);
        output.ShouldContain(said);
        code.ShouldBe(2, output);
        Calls.ShouldBeEmpty();
    }

    string[] Calls => File.Exists(stage.At("calls")) ? File.ReadAllLines(stage.At("calls")) : [];

    (int Code, string Output) Publish(string app) => stage.Run("publish.sh", app, "app.zip");

    public void Dispose() => stage.Dispose();
}
