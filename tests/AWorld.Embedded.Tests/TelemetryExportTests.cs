using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;

namespace AWorld.Embedded.Tests;

public sealed class TelemetryExportTests
{
    [Fact]
    public async Task Traces_and_metrics_reach_the_collector_by_the_time_the_host_has_stopped()
    {
        var received = new ConcurrentDictionary<string, string>();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new StreamReader(http.Request.Body, Encoding.Latin1);
            var sent = await body.ReadToEndAsync();
            received.AddOrUpdate(http.Request.Path, sent, (_, before) => before + sent);
        });
        await collector.StartAsync();

        var data = Directory.CreateTempSubdirectory("aworld-").FullName;
        var host = EmbeddedHost.Build(new() { Data = data, Port = 0 }, embedded =>
        {
            embedded.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["AWorld:Telemetry:Endpoint"] = collector.Urls.First(),
                ["AWorld:Telemetry:Protocol"] = "HttpProtobuf",
                ["AWorld:Telemetry:SampledTraces"] = "1",
            });
            embedded.WebHost.UseTestServer();
        });
        await host.StartAsync();
        using var ready = await host.GetTestClient().GetAsync("/health/ready");
        ready.EnsureSuccessStatusCode();
        await host.StopAsync();
        await host.DisposeAsync();
        Directory.Delete(data, recursive: true);

        received["/v1/metrics"].ShouldContain("aworld.store.commits");
        received["/v1/traces"].ShouldContain("store commit");
    }
}
