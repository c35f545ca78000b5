using System.Collections.Concurrent;
using System.Diagnostics;
using AWorld.Embedded.Messages;
using AWorld.Embedded.Storage;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>Messages through one queue of this machine: each send, each delivery and each completion is committed before it is answered.</summary>
static class MessagesBenchmark
{
    const int Messages = 20_000;
    const int Callers = 128;
    static readonly Tenant Tenant = new("benchacct1", "workspace1");
    static readonly MessageEntity Queue = MessageEntity.Queue("bench") with { DuplicateDetection = TimeSpan.FromMinutes(10) };

    public static async Task Run(string data)
    {
        using var store = new SqliteDocumentStore(data, new(), TimeProvider.System);
        using var broker = new Broker(store, new([Queue]), [], Options.Create(new MessagesOptions()), TimeProvider.System, NullLogger<Broker>.Instance);
        var entity = await broker.Open(Tenant, Queue, default);
        var queue = entity.Find(null, deadLetters: false);
        var body = new byte[512];
        Random.Shared.NextBytes(body);

        var table = Report.Table($"Messages of {body.Length} bytes, {Callers} callers", "operation", "messages/s", "p50", "p99");
        await Measure(2_000, 1, n => Send($"warm-{n}", 1));
        Row(table, "send one by one", await Measure(Messages, 1, n => Send($"one-{n}", 1)));
        Row(table, "send 50 at a time", await Measure(Messages, 50, n => Send($"many-{n}", 50)));
        Row(table, "receive and complete one by one", await Measure(Messages, 1, async _ =>
        {
            var received = (await entity.Receive(queue, 1, TimeSpan.FromSeconds(10), default))[0];
            await entity.Complete(queue, received.LockToken, default);
        }));
        Row(table, "receive 50, complete each", await Measure(Messages, 50, async _ =>
            await Task.WhenAll((await entity.Receive(queue, 50, TimeSpan.FromSeconds(10), default)).Select(one => entity.Complete(queue, one.LockToken, default)))));
        AnsiConsole.Write(table);

        async Task Send(string id, int count) =>
            await broker.Send(Tenant, Queue.Name, [.. Enumerable.Range(0, count).Select(k => new Message($"{id}-{k}", body))], default);
    }

    static void Row(Table table, string name, Measurement measured) =>
        table.AddRow(name, Report.Number(measured.PerSecond), Report.Milliseconds(measured.P50), Report.Milliseconds(measured.P99));

    /// <param name="each">Messages of one operation.</param>
    static async Task<Measurement> Measure(int messages, int each, Func<int, Task> operation)
    {
        var ticks = new ConcurrentBag<long>();
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, messages / each, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (n, _) =>
        {
            var start = Stopwatch.GetTimestamp();
            await operation(n);
            ticks.Add(Stopwatch.GetTimestamp() - start);
        });
        var measured = Measurement.Of([.. ticks], clock.Elapsed);
        return measured with { PerSecond = measured.PerSecond * each };
    }
}
