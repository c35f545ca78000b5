using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Identity;

static class ClientIds
{
    /// <summary>The application of the portal: principals sign in through it, to no account in particular.</summary>
    public static readonly MachineClient Portal = new(
        $"{Partition.PlatformAccount}.portal", Partition.PlatformAccount, "", "Portal", ApiContext.Portal, [], [], default, default, default);

    /// <summary>The account that an id of the form <c>{accountId}.{...}</c> belongs to, or null when it has another form.</summary>
    public static string? AccountOf(string id) =>
        id.IndexOf('.', StringComparison.Ordinal) == Ids.TenantLength && Ids.IsClientId(id) && Ids.IsTenantId(id[..Ids.TenantLength]) ? id[..Ids.TenantLength] : null;

    /// <summary>The client of an account, or the portal.</summary>
    public static async ValueTask<MachineClient?> FindAny(this Clients clients, string clientId, CancellationToken stop) =>
        clientId == Portal.ClientId ? Portal : await clients.Find(clientId, stop);

    /// <summary>Names a secret in the tokens that were issued for it: 60 bits of its hash.</summary>
    public static string SecretId(string hash) => hash[..10];
}
