using AWorld.Platform;
using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AWorld.Functions;

/// <summary>Traces, metrics and log lines go to Azure Monitor, to a collector, to both or nowhere, by the settings that their exporters read themselves.</summary>
static class TelemetryExport
{
    const string AzureMonitor = "APPLICATIONINSIGHTS_CONNECTION_STRING", Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        // Else the clients of Service Bus make no spans: to Azure.Core those of messaging are still an experiment.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);
        var (toMonitor, toCollector) = (!string.IsNullOrEmpty(configuration[AzureMonitor]), !string.IsNullOrEmpty(configuration[Collector]));
        if (!toMonitor && !toCollector)
        {
            return;
        }
        var telemetry = services.AddOpenTelemetry()
            .WithTracing(static traces => traces.AddSource(Telemetry.Name, "Azure.Messaging.ServiceBus.*"))
            .WithMetrics(static metrics => metrics.AddMeter(Telemetry.Name, "Microsoft.AspNetCore.RateLimiting", "System.Runtime"));
        // From here on the host sends nothing of this worker by itself, not even its log lines.
        telemetry.UseFunctionsWorkerDefaults();
        services.Configure<OpenTelemetryLoggerOptions>(static lines => (lines.IncludeScopes, lines.IncludeFormattedMessage) = (true, true));
        if (toMonitor)
        {
            services.AddOptions<AzureMonitorExporterOptions>().Configure<TokenCredential>(static (exporter, credential) => exporter.Credential = credential);
            telemetry.WithTracing(static traces => traces.AddAzureMonitorTraceExporter())
                .WithMetrics(static metrics => metrics.AddAzureMonitorMetricExporter())
                .WithLogging(static lines => lines.AddAzureMonitorLogExporter());
        }
        if (toCollector)
        {
            telemetry.WithTracing(static traces => traces.AddOtlpExporter()).WithMetrics(static metrics => metrics.AddOtlpExporter()).WithLogging(static lines => lines.AddOtlpExporter());
        }
    }
}
