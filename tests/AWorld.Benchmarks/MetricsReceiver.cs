using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AWorld.Benchmarks;

/// <summary>An OTLP collector that keeps the latest value of every sum the host exports.</summary>
sealed class MetricsReceiver : IAsyncDisposable
{
    readonly WebApplication app;
    readonly Lock gate = new();
    Dictionary<string, double> latest = [];
    TaskCompletionSource received = new(TaskCreationOptions.RunContinuationsAsynchronously);

    MetricsReceiver(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    public static async Task<MetricsReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new MetricsReceiver(builder.Build());
        receiver.app.MapPost("/v1/metrics", receiver.Receive);
        receiver.app.MapPost("/v1/traces", () => Results.Ok());
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>The sums by name as of a complete export that began after the call.</summary>
    public async Task<IReadOnlyDictionary<string, double>> Next()
    {
        for (var exports = 0; exports < 2; exports++)
        {
            Task next;
            lock (gate)
            {
                next = received.Task;
            }
            await next.WaitAsync(TimeSpan.FromSeconds(30));
        }
        lock (gate)
        {
            return latest;
        }
    }

    async Task Receive(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        // ExportMetricsServiceRequest.resource_metrics(1).scope_metrics(2).metrics(2)
        foreach (var resource in Fields(body.ToArray()).Where(field => field.Number == 1))
        {
            foreach (var scope in Fields(resource.Bytes).Where(field => field.Number == 2))
            {
                foreach (var metric in Fields(scope.Bytes).Where(field => field.Number == 2))
                {
                    Add(sums, metric.Bytes);
                }
            }
        }
        lock (gate)
        {
            latest = sums;
            received.SetResult();
            received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Metric: name(1), sum(7) with data_points(1), each as_double(4) or as_int(6).</summary>
    static void Add(Dictionary<string, double> sums, ReadOnlyMemory<byte> metric)
    {
        var fields = Fields(metric).ToList();
        var name = Encoding.UTF8.GetString(fields.First(field => field.Number == 1).Bytes.Span);
        foreach (var point in fields.Where(field => field.Number == 7).SelectMany(sum => Fields(sum.Bytes)).Where(field => field.Number == 1))
        {
            foreach (var (number, bits, _) in Fields(point.Bytes))
            {
                sums[name] = sums.GetValueOrDefault(name) + (number == 6 ? bits : number == 4 ? BitConverter.Int64BitsToDouble(bits) : 0);
            }
        }
    }

    /// <summary>The fields of a protocol buffers message.</summary>
    static IEnumerable<(int Number, long Bits, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return (number, Varint(message.Span, ref at), default);
                    break;
                case 1:
                    yield return (number, BinaryPrimitives.ReadInt64LittleEndian(message.Span[at..]), default);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message.Span, ref at);
                    yield return (number, 0, message.Slice(at, length));
                    at += length;
                    break;
                default:
                    yield return (number, BinaryPrimitives.ReadInt32LittleEndian(message.Span[at..]), default);
                    at += 4;
                    break;
            }
        }
    }

    static long Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
