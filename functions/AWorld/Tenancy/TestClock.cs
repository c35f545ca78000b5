using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;
using NodaTime;
using NodaTime.Text;

namespace AWorld.Tenancy;

/// <summary>
/// The clock of a development workspace, which a developer moves ahead to see what time brings: resets, expiries,
/// settlements. It goes on from there at the usual pace and never back, because what was stored in between would then
/// lie in the future.
/// </summary>
static class TestClock
{
    const int MostYears = 10;
    const string Path = "/dashboard/v1/test-clock";

    /// <param name="RealTime">What everything outside the workspace goes by, the life of its tokens included.</param>
    sealed record Shown(DateTimeOffset Now, DateTimeOffset RealTime);

    internal sealed record SetRequest([property: Required] DateTimeOffset? Now);

    /// <param name="By">An ISO 8601 duration, such as <c>P8D</c> or <c>PT90M</c>; months and years are the calendar's.</param>
    internal sealed record AdvanceRequest([property: Required, StringLength(40)] string? By);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Get).Operation("testClock/get").Requires(Permission.ReadWorkspace).Produces<Shown>();
        routes.MapPut(Path, (HttpContext http, Caller caller, Body<SetRequest> body, Mutations mutations, TestClocks stored, Workspaces workspaces, WorkspaceClocks clocks) =>
                Move(http, caller.Tenant, mutations, stored, workspaces, clocks, _ => body.Value.Now!.Value))
            .Operation("testClock/set").Requires(Permission.MoveTestClock).Produces<Shown>();
        routes.MapPost($"{Path}/advance", (HttpContext http, Caller caller, Body<AdvanceRequest> body, Mutations mutations, TestClocks stored, Workspaces workspaces, WorkspaceClocks clocks) =>
                Move(http, caller.Tenant, mutations, stored, workspaces, clocks, now => After(now, body.Value.By!)))
            .Operation("testClock/advance").Requires(Permission.MoveTestClock).Produces<Shown>();
    }

    static async Task<IResult> Get(Caller caller, Workspaces workspaces, WorkspaceClocks clocks, CancellationToken stop) =>
        await Refused(caller.Tenant, workspaces, stop) is { } refused
            ? new Problem(refused)
            : Answer.Ok(new Shown(clocks.Now(caller.Tenant), Instants.Truncate(clocks.Real.GetUtcNow())));

    static async Task<IResult> Move(HttpContext http, Tenant tenant, Mutations mutations, TestClocks stored, Workspaces workspaces, WorkspaceClocks clocks, Func<DateTimeOffset, Result<DateTimeOffset>> decide)
    {
        var result = await mutations.Run(http, TestClocks.Home, async (batch, stop) =>
        {
            if (await Refused(tenant, workspaces, stop) is { } refused)
            {
                return refused;
            }
            var real = Instants.Truncate(clocks.Real.GetUtcNow());
            var (before, etag) = await stored.Read(tenant, stop);
            var (now, to) = (real + before, decide(real + before));
            if (to.Error is { } wrong)
            {
                return wrong;
            }
            if (to.Value < now)
            {
                return Conflict($"the clock of this workspace shows {Instants.Text(now)} and only moves forward");
            }
            if (to.Value > real.AddYears(MostYears))
            {
                return Conflict($"the clock of this workspace shows {Instants.Text(now)} and moves at most {MostYears} years ahead of the real time, to {Instants.Text(real.AddYears(MostYears))}");
            }
            TestClocks.Save(batch, tenant, to.Value - real, etag);
            return Answer.Ok(new Shown(to.Value, real));
        });
        if (result is Answer)
        {
            // Also when the answer is that of an earlier request, which may have died before it told anybody.
            await stored.Follow(tenant, CancellationToken.None);
        }
        return result;
    }

    static Result<DateTimeOffset> After(DateTimeOffset now, string by)
    {
        var wrong = Error.Invalid("by", "must be an ISO 8601 duration above zero, such as P8D, P1M or PT90M");
        if (!PeriodPattern.NormalizingIso.Parse(by).TryGetValue(Period.Zero, out var period))
        {
            return wrong;
        }
        try
        {
            var after = Instants.Truncate(new((LocalDateTime.FromDateTime(now.UtcDateTime) + period).ToDateTimeUnspecified(), TimeSpan.Zero));
            return after > now ? after : wrong;
        }
        catch (Exception tooFar) when (tooFar is OverflowException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            return Error.Invalid("by", "leads beyond the end of the calendar");
        }
    }

    static async ValueTask<Error?> Refused(Tenant tenant, Workspaces workspaces, CancellationToken stop) =>
        await workspaces.Find(tenant, stop) is { Development: true } ? null : Conflict("only a development workspace has a test clock");

    static Error Conflict(string why) => Error.InvalidOperation(why) with { Status = StatusCodes.Status409Conflict };
}
