using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

static class PortalAccounts
{
    public sealed record AccountRequest([property: Required, StringLength(100)] string? Name);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Portal.Accounts, Create).Operation("accounts/create").Requires(Permission.UsePortal).Produces<Account>(201);
        routes.MapGet(Portal.Accounts, List).Operation("accounts/list").Requires(Permission.UsePortal).TakesPage().Produces<Page<Account>>();
        routes.MapGet(Portal.Account, Get).Operation("accounts/get").Requires(Permission.ReadAccount).Produces<Account>();
        routes.MapPatch(Portal.Account, Rename).Operation("accounts/update").Requires(Permission.ManageAccount).Produces<Account>();
    }

    static async Task<IResult> Create(Caller caller, HttpContext http, Body<AccountRequest> body, Accounts accounts, Mutations mutations, CancellationToken stop)
    {
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        // The same key leads to the same account, and so to the partition that holds the answer.
        var accountId = accounts.NewId(key.Value is null ? null : $"{caller.PrincipalId}/{key.Value.Key}");
        await accounts.Index(caller.PrincipalId!, accountId, stop);
        return await mutations.Run(http, Partition.Platform(accountId), (batch, _) =>
            new(Answer.Created(accounts.Add(batch, accountId, body.Value.Name!, caller.PrincipalId))));
    }

    static async Task<IResult> List(Caller caller, HttpContext http, Accounts accounts, Memberships memberships, PageTokens pages, CancellationToken stop)
    {
        var request = await pages.Read(http);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var mine = new List<Account>();
        foreach (var accountId in await accounts.IndexOf(caller.PrincipalId!, stop))
        {
            if ((await memberships.Of(accountId, caller.PrincipalId!, stop)).Count > 0 && await accounts.Find(accountId, stop) is { } account)
            {
                mine.Add(account);
            }
        }
        return Answer.Hashed(await pages.Page(http, request.Value, mine, account => account.AccountId));
    }

    static async Task<IResult> Get(string accountId, Accounts accounts, CancellationToken stop) =>
        await accounts.Find(accountId, stop) is { } account ? Answer.Hashed(account) : new Problem(Portal.Missing("account", accountId));

    static ValueTask<IResult> Rename(string accountId, HttpContext http, Body<AccountRequest> body, Mutations mutations, IDocumentStore store, TimeProvider clock, IOptions<PlatformOptions> platform) =>
        mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
        {
            if (await store.Load<Account>(accountId, Accounts.DocumentId, stop) is not { } stored)
            {
                return Portal.Missing("account", accountId);
            }
            if (Portal.Stale(http, stored.Value) is { } stale)
            {
                return stale;
            }
            var renamed = stored.Value with { Name = body.Value.Name!, UpdatedAt = clock.GetUtcNow(), SourceRegion = platform.Value.SourceRegion };
            batch.Replace(Accounts.DocumentId, renamed, stored.ETag);
            return Answer.Hashed(renamed);
        });
}
