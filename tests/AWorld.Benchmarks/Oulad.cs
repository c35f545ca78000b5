using System.Globalization;
using System.IO.Compression;

namespace AWorld.Benchmarks;

sealed record Assessment(string Id, string Module, string Presentation, string Type, int? Due);

sealed record Student(string Id, string Module, string Region);

/// <param name="Day">From the start of the presentation.</param>
/// <param name="Score">Null: not marked.</param>
sealed record Submission(Assessment Assessment, string StudentId, int Day, int? Score)
{
    public DateTimeOffset At => (Assessment.Presentation == "2013B" ? new DateTimeOffset(2013, 2, 1, 12, 0, 0, TimeSpan.Zero) : new(2013, 10, 1, 12, 0, 0, TimeSpan.Zero)).AddDays(Day);
}

/// <summary>The learning activity of real students (Kuzilek, Hlosta, Zdrahal 2017, CC BY 4.0), oldest submission first.</summary>
sealed record Oulad(IReadOnlyList<Assessment> Assessments, IReadOnlyList<Student> Students, IReadOnlyList<Submission> Submissions)
{
    /// <summary>Null where the fixtures are absent.</summary>
    public static Oulad? Read()
    {
        if (Environment.GetEnvironmentVariable("AWORLD_FIXTURES") is not { Length: > 0 } fixtures)
        {
            return null;
        }
        var folder = Path.Combine(fixtures, "data", "oulad");
        var assessments = Rows(folder, "assessments").Select(row => new Assessment(row[0], row[1], row[2], row[3], Number(row[4]))).ToList();
        var byId = assessments.ToDictionary(assessment => assessment.Id);
        var students = Rows(folder, "students").Select(row => new Student(row[0], row[1], row[3])).DistinctBy(student => student.Id).ToList();
        var submissions = Rows(folder, "submissions").Select(row => new Submission(byId[row[0]], row[1], Number(row[2]) ?? 0, Number(row[4])));
        return new(assessments, students, [.. submissions.OrderBy(submission => submission.At)]);
    }

    static int? Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    static IEnumerable<string[]> Rows(string folder, string name)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, $"{name}.csv.gz")), CompressionMode.Decompress));
        _ = reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split(',');
        }
    }
}
