using System.ComponentModel.DataAnnotations;
using AWorld.Platform;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AWorld.Embedded;

/// <summary>Where traces and metrics go; nowhere until an endpoint is set.</summary>
public sealed record TelemetryOptions
{
    public const string Section = "AWorld:Telemetry";

    /// <summary>Of an OpenTelemetry collector, such as <c>http://127.0.0.1:4317</c> for gRPC or <c>http://127.0.0.1:4318</c> for HTTP.</summary>
    public Uri? Endpoint { get; init; }

    public OtlpExportProtocol Protocol { get; init; } = OtlpExportProtocol.Grpc;

    /// <summary>The part of the traces begun here that is kept; callers that sample decide for theirs.</summary>
    [Range(0, 1)]
    public double SampledTraces { get; init; } = 0.1;

    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(30);

    [Required]
    public string ServiceName { get; init; } = "aworld";
}

/// <summary>Exports by OTLP from start to stop; what is left is sent while stopping.</summary>
sealed class TelemetryExport(IOptions<TelemetryOptions> options) : IHostedService, IDisposable
{
    static readonly string[] Meters = [Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime"];

    readonly TelemetryOptions options = options.Value;
    TracerProvider? traces;
    MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Endpoint is not null)
        {
            traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe)
                .AddSource(Telemetry.Name, "Microsoft.AspNetCore")
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SampledTraces)))
                .AddOtlpExporter(exporter => Target(exporter, "v1/traces")).Build();
            metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe)
                .AddMeter(Meters)
                .AddOtlpExporter((exporter, reader) =>
                {
                    Target(exporter, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.MetricsInterval.TotalMilliseconds;
                }).Build();
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
        (traces, metrics) = (null, null);
    }

    void Describe(ResourceBuilder resource) => resource.AddService(options.ServiceName, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString());

    void Target(OtlpExporterOptions exporter, string signal)
    {
        exporter.Protocol = options.Protocol;
        exporter.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf ? new(new Uri(options.Endpoint!.OriginalString.TrimEnd('/') + "/"), signal) : options.Endpoint!;
    }
}
