using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Learning;

/// <summary>
/// The user answers a quiz: once in each context, whatever <c>progress</c> says, since an answer completes it.
/// </summary>
static class SubmitQuiz
{
    const string Operation = "quizzes/submit";

    internal sealed record Request(
        QuizOption Answer,
        [property: Text(TextAttribute.Name)] string? Context,
        LearningProgress? Progress,
        [property: Id] string? ParentId,
        LearningParent? ParentType) : IChecked
    {
        public void Check(Problems problems) => Quizzes.CheckParent(ParentId, ParentType, problems);

        public QuizInput Input(string quizId) => new(quizId, Answer, Context: Context ?? QuizLog.DefaultContext, ParentId: ParentId, ParentType: ParentType);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/app/v1/quizzes/{quizId}/submit", Handle)
        .Operation(Operation)
        .Requires(Permission.ActAsSelf)
        .RequiresUser()
        .Produces<QuizLogView>();

    static async Task<IResult> Handle(string quizId, HttpContext http, Body<Request> body, Caller caller, Snapshots snapshots, Actions actions, CancellationToken stop)
    {
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        return (await snapshots.Get(caller.Tenant, stop)).Find<Quiz>(quizId) is null
            ? new Problem(Error.NotFound("quiz", quizId))
            : (await actions.Take(caller.Tenant, caller.User, body.Value.Input(quizId), Actors.Of(caller, Operation), key.Value, stop)).Respond();
    }
}
