using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

/// <summary>Brings principals into accounts: finds or makes the principal, gives the role, writes to the person.</summary>
public sealed class Invitations(IDocumentStore store, Accounts accounts, Memberships memberships, Principals principals, IMailer mailer, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    /// <summary>Invites from outside the API, such as the first principal of a platform; an account is made when none is named.</summary>
    public async ValueTask<Result<Membership>> Invite(string? accountId, string email, Role role, CancellationToken stop)
    {
        if (!EmailAddress.IsValid(email))
        {
            return Error.Invalid("email", "must be an e-mail address");
        }
        if (accountId is not null && await accounts.Find(accountId, stop) is null)
        {
            return Portal.Missing("account", accountId);
        }
        var into = accountId ?? (await accounts.Create(EmailAddress.Normalize(email), null, stop)).AccountId;
        var principal = await Prepare(into, email, null, null, stop);
        var membership = await memberships.Grant(into, principal.PrincipalId, null, role, stop);
        await Tell(into, principal, stop);
        return membership;
    }

    /// <summary>Makes the first account of a platform for who is configured to own it, once: whoever owns it later, it stays as it is.</summary>
    public async Task InviteFirst(CancellationToken stop)
    {
        const string seed = "first";
        if (platform.Value.FirstOwner is not { } email || await accounts.Find(accounts.NewId(seed), stop) is not null)
        {
            return;
        }
        var principal = await principals.Ensure(email, null, null, stop);
        var account = await accounts.Create(principal.Email, principal.PrincipalId, stop, seed);
        await Tell(account.AccountId, principal, stop);
    }

    internal async ValueTask<Principal> Prepare(string accountId, string email, string? firstName, string? lastName, CancellationToken stop)
    {
        var principal = await principals.Ensure(email, firstName, lastName, stop);
        await accounts.Index(principal.PrincipalId, accountId, stop);
        return principal;
    }

    internal async ValueTask<Result<Membership>> Add(Batch batch, string accountId, Principal principal, string? workspaceId, Role role, CancellationToken stop)
    {
        if (await store.Read(Partition.Platform(accountId), Membership.IdOf(principal.PrincipalId, workspaceId), stop) is not null)
        {
            return Error.AlreadyExists("membership of principal", principal.PrincipalId);
        }
        batch.Add(await store.Turn(Partition.Platform(accountId), "memberships", stop));
        if ((await memberships.List(accountId, stop)).Count >= Memberships.MostPerAccount)
        {
            return Error.InvalidOperation($"an account has at most {Memberships.MostPerAccount} memberships");
        }
        var now = clock.GetUtcNow();
        var membership = new Membership(accountId, principal.PrincipalId, workspaceId, role, now, now) { SourceRegion = platform.Value.SourceRegion };
        batch.Create(membership.DocumentId, membership);
        return membership;
    }

    internal async ValueTask Tell(string accountId, Principal principal, CancellationToken stop)
    {
        var account = await accounts.Find(accountId, stop);
        await mailer.Send(new(principal.Email, "You have been invited",
            $"You can now work in {account?.Name ?? "an account"} (account {accountId}).\n\nSign in with this e-mail address; you will be sent a code."), stop);
    }
}

/// <summary>Changes and ends memberships under the rules of an account.</summary>
sealed class Members(IDocumentStore store, Memberships memberships, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    /// <summary>
    /// Changes what a principal may do in an account. It also rewrites the account's document, so that of two owners
    /// who remove each other at the same moment one stays.
    /// </summary>
    /// <param name="by">The role of who changes it: nobody touches a greater one.</param>
    /// <param name="roleOf">The new role of each membership; null ends it.</param>
    /// <returns>The memberships afterwards.</returns>
    public async ValueTask<Result<IReadOnlyList<Membership>>> Change(Batch batch, string accountId, string principalId, Role by, Func<Membership, Role?> roleOf, CancellationToken stop)
    {
        var account = await store.Load<Account>(accountId, Accounts.DocumentId, stop);
        var before = await memberships.Of(accountId, principalId, stop);
        if (account is null || before.Count == 0)
        {
            return Portal.Missing("membership of principal", principalId);
        }
        List<Membership> after = [];
        foreach (var one in before)
        {
            var role = roleOf(one);
            if (role == one.Role)
            {
                after.Add(one);
                continue;
            }
            if (one.Role > by)
            {
                return Error.Forbidden($"you are {by} here and cannot give or take a greater role");
            }
            if (role is { } given)
            {
                var changed = one with { Role = given, UpdatedAt = clock.GetUtcNow(), SourceRegion = platform.Value.SourceRegion };
                batch.Upsert(one.DocumentId, changed);
                after.Add(changed);
            }
            else
            {
                batch.Delete(one.DocumentId);
            }
        }
        if (batch.Writes.Count > 0)
        {
            if (before.Any(IsOwner) && !after.Any(IsOwner) && !(await memberships.List(accountId, stop)).Any(one => IsOwner(one) && one.PrincipalId != principalId))
            {
                return Error.InvalidOperation("an account keeps at least one owner; make another principal owner first");
            }
            batch.Replace(Accounts.DocumentId, account.Value.Value, account.Value.ETag);
        }
        return after;
    }

    static bool IsOwner(Membership membership) => membership is { WorkspaceId: null, Role: Role.Owner };
}
