using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>Turns down what a user could still redeem.</summary>
static class RejectTransaction
{
    /// <param name="UserId">Whose transaction it is.</param>
    /// <param name="Reason">Kept in the journal.</param>
    public sealed record Request([property: Required, Id] string? UserId, [property: StringLength(500, MinimumLength = 1)] string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/dashboard/v1/virtual-transactions/{virtualTransactionId}/reject", Reject)
            .Operation("virtualTransactions/reject").Requires(Permission.PayUsers).Produces<ShownTransactions>();

    static async Task<IResult> Reject(Caller caller, string virtualTransactionId, Body<Request> body, Redemptions redemptions, TransactionView view, CancellationToken stop)
    {
        var by = new Actor(caller.UserId, caller.ClientId, caller.PrincipalId, "virtualTransactions/reject");
        var rejected = await redemptions.Settle(caller.Tenant, body.Value.UserId!, virtualTransactionId, TransactionState.Rejected, by, body.Value.Reason, stop);
        return rejected.Error is { } refused ? new Problem(refused)
            : Answer.Ok(new ShownTransactions([await view.Show(caller.Tenant, body.Value.UserId!, rejected.Value.Entry, rejected.Value.Transaction, stop)]));
    }
}
