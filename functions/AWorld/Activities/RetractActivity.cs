using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Activities;

/// <summary>Takes back an action, be it an activity or a quiz, that was not done, or not by this user, with all that it caused.</summary>
static class RetractActivity
{
    /// <param name="UserId">Whose action it is.</param>
    /// <param name="Reason">Kept in the journal, and shown to the user.</param>
    internal sealed record Request([property: Required, Id] string? UserId, [property: StringLength(500, MinimumLength = 1)] string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, of, operation) in new[]
        {
            ("activity-logs/{activityLogId}", EntityType.Activity, "activityLogs/retract"), ("quiz-logs/{quizLogId}", EntityType.Quiz, "quizLogs/retract"),
        })
        {
            routes.MapPost($"/dashboard/v1/{path}/retract", (HttpContext http, Body<Request> body, Caller caller, Retractions retractions, CancellationToken stop) =>
                    Handle((string)(http.GetRouteValue("activityLogId") ?? http.GetRouteValue("quizLogId"))!, of, operation, http, body.Value, caller, retractions, stop))
                .Operation(operation).Requires(Permission.LogForUsers).Produces<RetractionView>();
        }
    }

    static async Task<IResult> Handle(string logId, EntityType of, string operation, HttpContext http, Request request, Caller caller, Retractions retractions, CancellationToken stop)
    {
        var key = Idempotency.Of(http);
        return key.Error is { } malformed
            ? new Problem(malformed)
            : (await retractions.Retract(caller.Tenant, request.UserId!, logId, of, request.Reason, Actors.Of(caller, operation), key.Value, stop)).Respond();
    }
}
