using System.Globalization;
using System.IO.Compression;
using System.Text;
using AWorld.Game;
using AWorld.Integrations;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Rewards;
using AWorld.Tests.Game;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Real submissions of students, as a learning system would tell of them: in order and without a fault, and with all that goes wrong.</summary>
public sealed class OuladInboundTests(ITestOutputHelper output)
{
    /// <summary>What is handed in later would lie in the future of the test.</summary>
    const int LastDay = 300;

    /// <summary>AWORLD_OULAD_SUBMISSIONS says otherwise, up to all of some 80,000.</summary>
    static readonly int Submissions = Number(Environment.GetEnvironmentVariable("AWORLD_OULAD_SUBMISSIONS") ?? "2000");

    const string Unknown = "unknown-";

    /// <summary>Every third assessment is a course's last; the others are quizzes.</summary>
    const string Mapping = """
        { "learning": [
            { "type": "lms.quiz.answered", "objectId": "*", "quizId": "quiz", "outcome": { ">=": [{ "var": "event.data.score" }, 40] } },
            { "type": "lms.course.completed", "objectId": "*", "activityId": "course", "value": { "var": "event.data.score" } },
            { "type": "lms.course.failed", "objectId": "*", "activityId": "course", "value": { "var": "event.data.score" } }
        ] }
        """;

    sealed record Submission(string Assessment, string Student, int Day, int Score);

    static readonly DateTimeOffset DayZero = new(2025, 5, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Shuffled_repeated_and_interrupted_the_submissions_end_as_they_do_in_order()
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("AWORLD_FIXTURES") ?? "", "data", "oulad", "submissions.csv.gz");
        Assert.SkipUnless(File.Exists(file), "AWORLD_FIXTURES names no folder with the data set");
        var submissions = Read(file);
        string[] students = [.. submissions.Select(one => one.Student).Distinct()];
        var events = submissions.Index().Select(one => Told($"{one.Index}", one.Item)).ToList();
        var orderly = await Run(students, events, unknown: 0, new(), null);

        var random = new Random(20130201);
        var unknown = submissions.Index().Where(_ => random.Next(100) == 0).Select(one => Told($"u{one.Index}", one.Item with { Student = Unknown + one.Item.Student })).ToList();
        var twice = events.Where(_ => random.Next(20) == 0).Select((sent, n) => sent with { MessageId = $"d{n}" }).ToList();
        var failing = new FailingStore();
        var faults = new Random(1);
        // A commit fails, or takes effect and the handler does not hear of that.
        failing.Loses = (partition, _) => partition.Container is Container.Players or Container.Integrations && IsFault();
        var dying = new DyingHandlings(seed: 1, Submissions < 20_000 ? 100 : 1_000);
        failing.Fails = (partition, writes) => dying.Forbids() || failing.Loses(partition, writes);
        var disorderly = await Run(students, [.. events.Concat(unknown).Concat(twice).OrderBy(_ => random.Next())], unknown.Count, failing, dying);

        output.WriteLine($"{events.Count} events of {students.Length} students; {twice.Count} twice, {unknown.Count} of unknown users, {failing.Failed} commits failed; handlers that died: {dying.Deaths}");
        (failing.Failed > 0, twice.Count > 0, unknown.Count > 0).ShouldBe((true, true, true));
        (dying.Deaths.Before > 0, dying.Deaths.Between > 0, dying.Deaths.After > 0).ShouldBe((true, true, true));
        disorderly.Except(orderly).Take(3).ShouldBeEmpty();
        disorderly.Count.ShouldBe(orderly.Count);

        bool IsFault()
        {
            lock (faults)
            {
                return faults.Next(1_000) == 0;
            }
        }
    }

    /// <summary>Those of some students, so that each has a history.</summary>
    static List<Submission> Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        var all = new List<Submission>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            all.Add(new(fields[0], fields[1], Number(fields[2]), Number(fields[4])));
        }
        return [.. all.Where(one => one.Day <= LastDay).GroupBy(one => one.Student).OrderByDescending(of => of.Count()).ThenBy(of => of.Key, StringComparer.Ordinal).SelectMany(of => of).Take(Submissions).OrderBy(one => one.Day)];
    }

    static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    static Message Told(string id, Submission one)
    {
        var isCourse = Number(one.Assessment) % 3 == 0;
        return Message(id, Event(id, isCourse ? new { externalId = one.Student, courseId = one.Assessment, one.Score } : new { externalId = one.Student, quizId = one.Assessment, one.Score },
            !isCourse ? InboundTypes.QuizAnswered : one.Score >= 40 ? InboundTypes.CourseCompleted : InboundTypes.CourseFailed,
            time: Instants.Text(DayZero.AddDays(one.Day)))) with { SessionId = one.Student };
    }

    /// <returns>Of each student: points, rank, actions, missions.</returns>
    static async Task<HashSet<string>> Run(string[] students, IReadOnlyList<Message> messages, int unknown, FailingStore store, DyingHandlings? dying)
    {
        var (fails, loses) = (store.Fails, store.Loses);
        store.Fails = store.Loses = static (_, _) => false;
        await using var platform = await TestPlatform.Start(configure: builder =>
        {
            store.Around(builder.Services);
            dying?.Around(builder.Services, MessageEntities.Inbound.Name);
        }, settings: [("AWorld:Game:LateActionsAcceptedFor", "365.00:00:00")]);
        const string passed = """{ "==": [{ "var": "event.outcome" }, "SUCCESS"] }""", score = """{ "var": "event.additionalData.score" }""";
        await platform.Configure(platform.Tenant, GameWorld.Activity("course"), GameWorld.Quiz("quiz"), GameWorld.Currency("points"),
            GameWorld.Pays("course", score, condition: passed), GameWorld.Pays("quiz", score, condition: passed, entity: EntityType.Quiz), GameWorld.Pays("mission", "1000", entity: EntityType.Mission),
            GameWorld.Mission("marks", target: "150", increment: """{ "var": "event.value" }"""), GameWorld.Mission("quizzes", target: "4", condition: passed, entity: EntityType.Quiz),
            GameWorld.Mission("months", target: "2", entity: EntityType.Quiz), GameWorld.Rule("ever", pool: ["marks", "quizzes"]),
            GameWorld.Rule("monthly", AWorld.Missions.AssignmentMode.Event, TimeframeType.Recurring, Recurrence.Monthly, pool: ["months"]) with { EventMatchEntity = EntityType.Quiz });
        await platform.Dashboard().Put(Settings, Mapping);
        await Parallel.ForEachAsync(students, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stop }, async (student, _) =>
            await platform.App(await platform.NewUser(platform.Tenant, student)).Get("/app/v1/missions"));
        (store.Fails, store.Loses) = (fails, loses);
        foreach (var some in messages.Chunk(500))
        {
            await platform.Queue(some);
        }
        await platform.Drained();
        store.Fails = store.Loses = static (_, _) => false;
        var held = 0;
        await foreach (var (_, who) in platform.Service<HeldEvents>().All(Stop))
        {
            who.Value.ShouldStartWith(Unknown);
            await platform.Service<HeldEvents>().Release(platform.Tenant, who, (_, _) =>
            {
                held++;
                return new(false);
            }, Stop);
        }
        held.ShouldBe(unknown);
        var ends = new List<(string Student, PlayerState State)>();
        foreach (var student in students)
        {
            ends.Add((student, await platform.Service<Players>().Read(platform.Tenant, (await platform.User(student))!.UserId, Stop)));
        }
        decimal Points(PlayerState state) => Ledger.Available(state, "points");
        return [.. ends.Select(one =>
            $"{one.Student}: {Points(one.State)} points, rank {ends.Count(other => Points(other.State) > Points(one.State)) + 1}, {one.State.Activities} courses, {one.State.QuizzesRight} of {one.State.Quizzes} quizzes, "
            + string.Join(", ", one.State.Missions.Select(mission => $"{mission.Definition.MissionConfigurationId} {mission.Definition.PeriodId} {mission.Current} {mission.CompletedAt is not null}").Order(StringComparer.Ordinal)))];
    }
}
