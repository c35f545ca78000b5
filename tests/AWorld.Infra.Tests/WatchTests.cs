namespace AWorld.Infra.Tests;

/// <summary>What is looked at after a deployment, with a stub of az in its path; no time passes.</summary>
public sealed class WatchTests : IDisposable
{
    const string App = "aworld-prod-neu-app";

    readonly Stage stage = new("jq");

    public WatchTests()
    {
        stage.Stub("az", $"""
            case "$*" in
              *"profile show"*) echo /profiles/one ;;
              *"functionapp list"*) case "$*" in *"'{App}'"*) echo {App}.azurewebsites.net ;; esac ;;
              *"origin-group list"*) printf 'others\nmine\n' ;;
              *"origin list"*mine*"'{App}.azurewebsites.net'"*) echo northeurope ;;
              *OriginHealthPercentage*) echo "$*" >> asked; cat health ;;
              *OriginRequestCount*) echo "$*" >> asked; cat requests ;;
            esac
            """);
        stage.Stub("sleep", "");
    }

    /// <summary>The other region is well throughout, which is all that its users would see.</summary>
    [Theory]
    [InlineData("100, 100", 200, 0, 0, "100 % of the probes succeeded; of 200 requests 0 failed")]
    [InlineData("100, 40", 200, 0, 1, "is not well")]
    [InlineData("100, 100", 180, 20, 1, "more than one in a hundred requests")]
    [InlineData("100, 100", 2, 4, 0, "of 6 requests 4 failed")]
    [InlineData("", 0, 0, 2, "no probe of")]
    public void An_app_is_well_when_its_own_probes_and_requests_succeed(string probes, int answered, int failed, int exit, string said)
    {
        foreach (var origin in (string[])[$"{App}.azurewebsites.net:443", $"{App}.azurewebsites.net", "northeurope"])
        {
            File.WriteAllText(stage.At("health"), Metric(Series("average", probes, origin), Series("average", "100", "aworld-prod-weu-app.azurewebsites.net:443")));
            File.WriteAllText(stage.At("requests"), Metric(Series("total", $"{answered}", origin, "2XX"), Series("total", $"{failed}", origin, "5XX"), Series("total", "100000", "aworld-prod-weu-app.azurewebsites.net:443", "2XX")));
            var (code, output) = Watch(App);
            output.ShouldContain(said);
            code.ShouldBe(exit, output);
        }
    }

    [Fact]
    public void An_app_that_is_none_is_refused()
    {
        var (code, output) = Watch("aworld-prod-xyz-app");
        output.ShouldContain("there is no app aworld-prod-xyz-app");
        code.ShouldBe(2);
    }

    /// <summary>Azure answers ten series of those there are, unless it is told how many.</summary>
    [Fact]
    public void All_series_are_asked_for()
    {
        File.WriteAllText(stage.At("health"), Metric(Series("average", "100", "northeurope")));
        File.WriteAllText(stage.At("requests"), Metric(Series("total", "0", "northeurope", "2XX")));
        Watch(App).Code.ShouldBe(0);
        File.ReadAllLines(stage.At("asked")).ShouldAllBe(static call => call.Contains("--top 1000"));
    }

    static string Metric(params string[] series) => $$"""{ "value": [{ "timeseries": [{{string.Join(", ", series)}}] }] }""";

    static string Series(string aggregation, string values, params string[] dimensions) =>
        $$"""{ "metadatavalues": [{{string.Join(", ", dimensions.Select(static one => $$"""{ "value": "{{one}}" }"""))}}], "data": [{{string.Join(", ", values.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(value => $$"""{ "{{aggregation}}": {{value}} }"""))}}] }""";

    (int Code, string Output) Watch(string app) => stage.Run("watch.sh", "group", "profile", app, "15");

    public void Dispose() => stage.Dispose();
}
