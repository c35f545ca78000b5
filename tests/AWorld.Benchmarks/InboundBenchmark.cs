using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>
/// Submissions of OULAD as a learning system tells of them, through the queue of the real host: shuffled, some of them
/// twice and some of users whom nobody knows. First as fast as they go, then at half that pace.
/// </summary>
static class InboundBenchmark
{
    const int Students = 2_000, PerRequest = 100, Senders = 8;
    const string Batch = "application/vnd.microsoft.servicebus.json";
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20), AtHalfPace = TimeSpan.FromSeconds(6);

    /// <param name="Id">Of the event.</param>
    sealed record Told(string Id, string Student, string Json)
    {
        public DateTimeOffset SentAt { get; set; }
    }

    sealed record Handled(string InboundEventId, string Id, string Status, DateTimeOffset At);

    public static async Task Run(string data)
    {
        if (Oulad.Read() is not { } oulad)
        {
            AnsiConsole.WriteLine("skipped: set AWORLD_FIXTURES to the folder that holds data/oulad");
            return;
        }
        var some = oulad with { Students = [.. oulad.Students.Take(Students)] };
        var known = some.Students.Select(student => student.Id).ToHashSet(StringComparer.Ordinal);
        some = some with { Submissions = [.. oulad.Submissions.Where(one => known.Contains(one.StudentId))] };
        await using var host = await HostProcess.Start(Path.Combine(data, "host"), null);
        using var workspace = new OuladWorkspace(host, some);
        await workspace.Load();
        await workspace.MapLearning();
        var (events, twice, unknown) = Events(some);
        var random = new Random(1);
        Told[] all = [.. events.Concat(twice).Concat(unknown).OrderBy(_ => random.Next())];

        using var bus = new HttpClient { BaseAddress = host.Address };
        bus.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", host.InboundAuthorization);
        var fast = all[..(all.Length * 3 / 4)];
        var begun = TimeProvider.System.GetTimestamp();
        var start = TimeProvider.System.GetUtcNow();
        await Parallel.ForEachAsync(fast.Chunk(PerRequest), new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (messages, _) => await Send(bus, messages));
        var sent = fast.Length / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        var handled = await workspace.Handled(start, fast.Length, Read);
        var perSecond = fast.Length / (handled[^1].At - start).TotalSeconds;

        var paced = all[fast.Length..][..Math.Min(all.Length - fast.Length, (int)(perSecond / 2 * AtHalfPace.TotalSeconds))];
        var later = TimeProvider.System.GetUtcNow();
        await SendPaced(bus, paced, perSecond / 2);
        var then = await workspace.Handled(later, paced.Length, Read);
        Check([.. handled, .. then], [.. fast, .. paced], unknown);
        var sentAt = paced.DistinctBy(one => one.Id).ToDictionary(one => one.Id, one => one.SentAt);
        var latency = then.Where(one => one.Status == "ACCEPTED" && sentAt.ContainsKey(one.Id)).Select(one => one.At - sentAt[one.Id]).Order().ToList();

        var table = Report.Table($"{fast.Length} + {paced.Length} events of {Students} users through the queue, shuffled, {Percent(twice)} % twice, {Percent(unknown)} % of unknown users", "measured", "value");
        table.AddRow("messages taken into the queue/s", Report.Number(sent));
        table.AddRow("messages handled/s, with what they cause", Report.Number(perSecond));
        table.AddRow("from sent to applied at half that pace, p50", Report.Milliseconds(latency[latency.Count / 2]));
        table.AddRow("p99", Report.Milliseconds(latency[latency.Count * 99 / 100]));
        table.AddRow("host's peak memory", $"{Report.Number(host.PeakMegabytes)} MB");
        AnsiConsole.Write(table);

        string Percent(Told[] some) => Report.Number(100.0 * some.Length / events.Length);

        static Handled Read(JsonElement entry) => new(
            entry.GetProperty("inboundEventId").GetString()!, entry.GetProperty("id").GetString()!, entry.GetProperty("status").GetString()!, entry.GetProperty("at").GetDateTimeOffset());
    }

    static (Told[] Events, Told[] Twice, Told[] Unknown) Events(Oulad oulad)
    {
        var random = new Random(20130201);
        Told[] events = [.. oulad.Submissions.Select((one, n) => Event($"{n}", one, one.StudentId))];
        return (events, [.. events.Where(_ => random.Next(20) == 0).Select(one => one with { })],
            [.. oulad.Submissions.Where(_ => random.Next(100) == 0).Select((one, n) => Event($"u{n}", one, $"unknown-{one.StudentId}"))]);
    }

    static Told Event(string id, Submission one, string student)
    {
        var (objectId, passed, daysEarly) = (one.Assessment.Id, one.Score >= 40, (one.Assessment.Due ?? one.Day) - one.Day);
        object said = one.Assessment.Type == "Exam"
            ? new { externalId = student, courseId = objectId, score = one.Score ?? 0, daysEarly }
            : new { externalId = student, quizId = objectId, score = one.Score ?? 0, daysEarly, outcome = passed ? "SUCCESS" : "FAILURE" };
        var type = one.Assessment.Type != "Exam" ? "lms.quiz.answered" : passed ? "lms.course.completed" : "lms.course.failed";
        return new(id, student, JsonSerializer.Serialize(new { specversion = "1.0", id, source = "/lms", type, time = one.At, data = said }));
    }

    static int messages;

    static async Task Send(HttpClient bus, IReadOnlyList<Told> some)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var one in some)
        {
            one.SentAt = now;
        }
        var body = JsonSerializer.SerializeToUtf8Bytes(some.Select(one => new
        {
            Body = one.Json, BrokerProperties = new { MessageId = Interlocked.Increment(ref messages).ToString(CultureInfo.InvariantCulture), SessionId = one.Student },
        }));
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(Batch) } };
        using var answer = await bus.PostAsync(new Uri("/servicebus/aworld-inbound/messages", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A few every so often, whether the host keeps up or not.</summary>
    static async Task SendPaced(HttpClient bus, Told[] all, double perSecond)
    {
        using var timer = new PeriodicTimer(Tick);
        var sending = new List<Task>();
        var begun = TimeProvider.System.GetTimestamp();
        for (var at = 0; at < all.Length;)
        {
            await timer.WaitForNextTickAsync();
            var due = Math.Min(all.Length, (int)(TimeProvider.System.GetElapsedTime(begun).TotalSeconds * perSecond));
            if (due > at)
            {
                sending.Add(Send(bus, all[at..due]));
                at = due;
            }
        }
        await Task.WhenAll(sending);
    }

    /// <summary>Each event was applied once, those of unknown users are held, and nothing else became of any.</summary>
    static void Check(IReadOnlyList<Handled> handled, IReadOnlyList<Told> told, Told[] unknown)
    {
        var nobody = unknown.Select(one => one.Id).ToHashSet();
        var wrong = told.Select(one => one.Id).Distinct().Except(handled.Where(one => one.Status == (nobody.Contains(one.Id) ? "HELD" : "ACCEPTED")).GroupBy(one => one.Id).Where(of => of.Count() == 1).Select(of => of.Key)).ToList();
        if (wrong.Count > 0 || handled.Any(one => one.Status == "REJECTED"))
        {
            throw new InvalidOperationException($"{wrong.Count} events were not applied once, such as {wrong.FirstOrDefault()}");
        }
    }
}
