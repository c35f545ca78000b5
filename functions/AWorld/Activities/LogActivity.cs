using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Activities;

/// <summary>A user did something. Says who: a person can only log for themselves, a machine for any user of its workspace.</summary>
static class LogActivity
{
    const string Operation = "activityLogs/create";

    internal sealed record Request(
        [property: Required, Id] string? ActivityId,
        [property: Required, Id] string? UserId,
        Outcome? Outcome,
        decimal? Value,
        [property: MaxLength(50), Text(128)] IReadOnlyList<string>? Tags,
        JsonElement? AdditionalData,
        [property: Id] string? ActivityLogId,
        DateTimeOffset? CompletedAt) : IChecked
    {
        internal const string TooEarly = "must not be before 2000-01-01";
        const int MostDataBytes = 64 * 1024;
        internal static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public void Check(Problems problems)
        {
            problems
                .When(CompletedAt < Earliest, "completedAt", TooEarly)
                .When(AdditionalData is { ValueKind: not JsonValueKind.Object }, "additionalData", "must be an object")
                .When(AdditionalData is { } data && System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(data).Length > MostDataBytes, "additionalData", $"must be at most {MostDataBytes} bytes")
                .When(Value is { } value && Math.Abs(value) > 1_000_000_000_000_000m, "value", "must be between -10^15 and 10^15");
        }

        public ActionInput Action() => new(ActivityId!, Outcome, Value, Tags, AdditionalData, ActivityLogId, CompletedAt);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/app/v1/activity-logs", Handle)
        .Operation(Operation)
        .Requires(Permission.ActAsSelf)
        .Produces<ActivityLogView>(201);

    static async Task<IResult> Handle(HttpContext http, Body<Request> body, Caller caller, Actions actions, CancellationToken stop)
    {
        var request = body.Value;
        if (caller.UserId is { } self ? self != request.UserId : !caller.IsMachine)
        {
            return new Problem(Error.Forbidden("userId must be the user of the token; only a machine that acts for nobody in particular logs for others"));
        }
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        return (await actions.Take(caller.Tenant, request.UserId!, request.Action(), Actors.Of(caller, Operation), key.Value, stop)).Respond();
    }
}
