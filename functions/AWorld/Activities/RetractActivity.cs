using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Activities;

/// <summary>Takes back an action that was not done, or not by this user, with all that it caused.</summary>
static class RetractActivity
{
    const string Operation = "activityLogs/retract";

    /// <param name="UserId">Whose action it is.</param>
    /// <param name="Reason">Kept in the journal, and shown to the user.</param>
    internal sealed record Request([property: Required, Id] string? UserId, [property: StringLength(500, MinimumLength = 1)] string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/dashboard/v1/activity-logs/{activityLogId}/retract", Handle)
        .Operation(Operation)
        .Requires(Permission.LogForUsers)
        .Produces<RetractionView>();

    static async Task<IResult> Handle(string activityLogId, HttpContext http, Body<Request> body, Caller caller, Retractions retractions, CancellationToken stop)
    {
        var key = Idempotency.Of(http);
        return key.Error is { } malformed
            ? new Problem(malformed)
            : (await retractions.Retract(caller.Tenant, body.Value.UserId!, activityLogId, body.Value.Reason, Actors.Of(caller, Operation), key.Value, stop)).Respond();
    }
}
