using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Learning;

public enum Difficulty { Easy, Medium, Hard }

public enum Placement { Standalone, Story, News }

/// <summary>One of the answers to choose from.</summary>
[JsonConverter(typeof(CamelEnumConverter<QuizOption>))]
public enum QuizOption { Opt1, Opt2, Opt3, Opt4 }

/// <summary>What may hold an item of learning content.</summary>
[JsonConverter(typeof(CamelEnumConverter<LearningParent>))]
public enum LearningParent { LearningPath, LearningGroup }

public sealed record QuizTranslation(
    [property: Required, Text(TextAttribute.Prose, Lines = true)] string Question,
    [property: Required, Text(QuizTranslation.MostOption, Lines = true)] string Opt1,
    [property: Required, Text(QuizTranslation.MostOption, Lines = true)] string Opt2,
    [property: Text(QuizTranslation.MostOption, Lines = true)] string? Opt3 = null,
    [property: Text(QuizTranslation.MostOption, Lines = true)] string? Opt4 = null,
    [property: Text(TextAttribute.Prose, Lines = true)] string? Explanation = null) : Translation
{
    const int MostOption = 1_000;

    public bool Has(QuizOption option) => option switch { QuizOption.Opt3 => Opt3 is not null, QuizOption.Opt4 => Opt4 is not null, _ => true };
}

/// <summary>One question with one right answer.</summary>
/// <param name="SentOrigin">Absent: it follows from the catalogue's id.</param>
/// <param name="Source">Where the facts of the question are from.</param>
public sealed record Quiz(
    Difficulty Difficulty,
    QuizOption CorrectAnswer,
    Placement Placement,
    [property: JsonPropertyName("origin")] Origin? SentOrigin = null,
    [property: TenantId] string? CatalogWorkspaceId = null,
    [property: Id] string? CatalogQuizId = null,
    bool? SyncWithCatalog = null,
    [property: Id] string? StoryId = null,
    [property: Text(TextAttribute.Prose)] string? Source = null,
    [property: Id] string? ParentId = null,
    LearningParent? ParentType = null) : Configured<QuizTranslation>
{
    [JsonIgnore] public override Origin Origin => SentOrigin ?? (CatalogQuizId is null ? Origin.Custom : Origin.Catalog);
}

static class Quizzes
{
    public static readonly Resource<Quiz> Resource = new("quizzes", EntityType.Quiz)
    {
        Tags = TagStyle.Strict,
        FieldsOn = FieldsOn.Get,
        ChosenId = true,
        ByCatalog = true,
        TranslationsAt = "/dashboard/v1/quiz/{quizId}/translations",
        PutRequires = new Dictionary<string, Type> { ["quizId"] = typeof(string), ["origin"] = typeof(Origin) },
        Check = static (quiz, problems) =>
        {
            var option = Json.Element(quiz.CorrectAnswer).GetString();
            foreach (var (index, text) in quiz.Translations.Index())
            {
                problems.When(!text.Has(quiz.CorrectAnswer), $"translations[{index}].{option}", "is required, because it is the right answer");
            }
            CheckParent(quiz.ParentId, quiz.ParentType, problems);
        },
    };

    public static void CheckParent(string? id, LearningParent? type, Problems problems) =>
        problems.When(id is null != type is null, id is null ? "parentId" : "parentType", "must be given, because its other half is");
}
