using System.Text.Json;
using System.Text.Json.Nodes;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Learning;

/// <summary>The published quizzes as the App shows them, in the user's language.</summary>
static class ReadQuizzes
{
    const string All = "/app/v1/quizzes", One = $"{All}/{{quizId}}";
    static readonly string[] Fields = ["tags", "translation", "progress"];

    /// <summary>What the contract's translation has beyond the text and what the App otherwise shows.</summary>
    sealed record Whole(QuizOption CorrectAnswer, string? Explanation, string AccountId, string WorkspaceId, string SourceRegion);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, List).Operation("quizzes/list").Requires(Permission.ReadOwn).RequiresUser()
            .TakesPage(sorted: true).Takes(new Parameter("catalogWorkspaceId", "Only what came from this catalogue")).Produces<Page<QuizView>>();
        routes.MapGet(One, Get).Operation("quizzes/get").Requires(Permission.ReadOwn).RequiresUser()
            .Takes(Parameter.Fields(Fields), new Parameter("context", "Where it was answered; \"default\" when absent")).Produces<QuizView>();
        routes.MapGet($"{One}/translation", Translate).Operation("quizzes/getTranslation").Requires(Permission.ReadOwn).RequiresUser()
            .Answers(new("TranslatedQuiz", [typeof(Whole), typeof(QuizView), typeof(QuizText)]));
        var snapshots = routes.ServiceProvider.GetRequiredService<Snapshots>();
        routes.MapTags(new(One, "quizzes", EntityType.Quiz, TagStyle.Strict, Permission.ReadOwn, Permission.ReadOwn,
            async (http, id) => (await snapshots.Get(Caller.Of(http).Tenant, http.RequestAborted)).Find<Quiz>(id)?.Tags));
    }

    static async Task<IResult> List(HttpContext http, Caller caller, Snapshots snapshots, UserDirectory users, PageTokens pages, CancellationToken stop)
    {
        var request = await pages.Read(http, sorts: "updatedAt");
        var catalog = QueryParameters.TenantId(http, "catalogWorkspaceId");
        if ((request.Error ?? catalog.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var lang = (await users.Find(caller.Tenant, caller.User, stop))?.Lang;
        var quizzes = (await snapshots.Get(caller.Tenant, stop)).Published<Quiz>().Where(quiz => catalog.Value is null || quiz.CatalogWorkspaceId == catalog.Value);
        var page = await pages.Page(http, request.Value, quizzes, static quiz => $"{Instants.Text(quiz.UpdatedAt)}~{quiz.Id}");
        return Answer.Hashed(new Page<QuizView>([.. page.Items.Select(quiz => QuizView.Of(quiz) with { Tags = quiz.Tags, Translation = QuizText.Of(quiz, lang) })], page.NextToken));
    }

    static async Task<IResult> Get(string quizId, HttpContext http, Caller caller, Snapshots snapshots, UserDirectory users, Players players, CancellationToken stop)
    {
        var fields = QueryParameters.AnyOf(http, "fields", Fields);
        var context = QueryParameters.Text(http, "context");
        if ((fields.Error ?? context.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        if ((await snapshots.Get(caller.Tenant, stop)).Find<Quiz>(quizId) is not { } quiz)
        {
            return new Problem(Error.NotFound("quiz", quizId));
        }
        var asked = fields.Value ?? [];
        return Answer.Hashed(QuizView.Of(quiz) with
        {
            Tags = asked.Contains("tags") ? quiz.Tags : null,
            Translation = asked.Contains("translation") ? QuizText.Of(quiz, (await users.Find(caller.Tenant, caller.User, stop))?.Lang) : null,
            Progress = asked.Contains("progress") ? QuizProgress.Of(quiz, await players.Journal.LastQuiz(caller.Tenant, caller.User, quizId, context.Value ?? QuizLog.DefaultContext, stop)) : null,
        });
    }

    /// <summary>The contract insists on the right answer here; <see cref="Get"/> shows the text without it.</summary>
    static async Task<IResult> Translate(string quizId, Caller caller, Snapshots snapshots, UserDirectory users, IOptions<PlatformOptions> platform, CancellationToken stop)
    {
        if ((await snapshots.Get(caller.Tenant, stop)).Find<Quiz>(quizId) is not { } quiz)
        {
            return new Problem(Error.NotFound("quiz", quizId));
        }
        var lang = (await users.Find(caller.Tenant, caller.User, stop))?.Lang;
        var whole = new Whole(quiz.CorrectAnswer, quiz.Translations.Choose(lang, quiz.DefaultLang).Explanation, caller.Tenant.AccountId, caller.Tenant.WorkspaceId, platform.Value.SourceRegion);
        var shown = new JsonObject();
        foreach (var part in new[] { Json.Element(QuizText.Of(quiz, lang)), Json.Element(QuizView.Of(quiz)), Json.Element(whole) })
        {
            foreach (var field in part.EnumerateObject())
            {
                shown[field.Name] = JsonNode.Parse(field.Value.GetRawText());
            }
        }
        return Answer.Hashed(shown);
    }
}
