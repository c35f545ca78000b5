using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Users;

public enum ErasureState { Running, Completed }

/// <summary>Shows what was done to erase a user, with its certificate.</summary>
static class GetErasure
{
    sealed record Shown(
        string UserId, ErasureState State, DateTimeOffset StartedAt, DateTimeOffset? CompletedAt, ErasedBy? ErasedBy, IReadOnlyList<ErasedTraces>? Traces, string? Certificate);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/dashboard/v1/users/{userId}/erasure", Get).Operation("users/getErasure").Requires(Permission.EraseUsers).Produces<Shown>();

    static async Task<IResult> Get(string userId, Caller caller, Erasures erasures, ErasureCertificates certificates, CancellationToken stop) =>
        await erasures.Find(caller.Tenant, userId, stop) is not { } erasure ? new Problem(Error.NotFound("erasure of user", userId))
        : Answer.Ok(new Shown(
            userId, erasure.CompletedAt is null ? ErasureState.Running : ErasureState.Completed, erasure.StartedAt, erasure.CompletedAt, erasure.By, erasure.Traces,
            await certificates.Of(caller.Tenant, userId, erasure, stop)));
}
