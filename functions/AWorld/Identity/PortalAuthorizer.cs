using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>An account's owners decide whose tokens it accepts.</summary>
static class PortalAuthorizer
{
    const string Path = "/portal/v1/accounts/{accountId}/authorizer";

    public sealed record AuthorizerRequest([property: Required, MinLength(1), MaxLength(10)] IReadOnlyList<TrustedIssuer>? Issuers);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Get).Operation("authorizer/get").Requires(Permission.ManageAuthorizers).Produces<Authorizer>();
        routes.MapPut(Path, Put).Operation("authorizer/update").Requires(Permission.ManageAuthorizers).Produces<Authorizer>();
        routes.MapDelete(Path, Delete).Operation("authorizer/delete").Requires(Permission.ManageAuthorizers).Produces(204);
    }

    static async Task<IResult> Get(string accountId, IDocumentStore store, CancellationToken stop) =>
        await Authorizer.Of(store, accountId, stop) is { } found ? Answer.Hashed(found.Value) : new Problem(Missing(accountId));

    static ValueTask<IResult> Put(string accountId, HttpContext http, Body<AuthorizerRequest> body, Mutations mutations, IDocumentStore store, Workspaces workspaces, TimeProvider clock, IOptions<IdentityOptions> options) =>
        mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
        {
            var issuers = body.Value.Issuers!;
            var problems = Check(issuers, options.Value);
            for (var i = 0; i < issuers.Count; i++)
            {
                problems.When(issuers[i].WorkspaceId is { } id && await workspaces.Find(new(accountId, id), stop) is null, $"issuers[{i}].workspaceId", "does not exist in this account");
            }
            if (problems.Found.Count > 0)
            {
                return Error.Invalid(problems.Found);
            }
            var found = await Authorizer.Of(store, accountId, stop);
            if (found is { } current && Preconditions.Check(http, Answer.Hashed(current.Value).ETag!) is { } stale)
            {
                return stale;
            }
            var now = clock.GetUtcNow();
            var authorizer = new Authorizer(issuers, found?.Value.CreatedAt ?? now, now);
            if (found is { } before)
            {
                batch.Replace(Authorizer.DocumentId, authorizer, before.ETag);
            }
            else
            {
                batch.Create(Authorizer.DocumentId, authorizer);
            }
            return Answer.Hashed(authorizer);
        });

    static ValueTask<IResult> Delete(string accountId, HttpContext http, Mutations mutations, IDocumentStore store) =>
        mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
        {
            if (await Authorizer.Of(store, accountId, stop) is not { } found)
            {
                return Missing(accountId);
            }
            if (Preconditions.Check(http, Answer.Hashed(found.Value).ETag!) is { } stale)
            {
                return stale;
            }
            batch.Delete(Authorizer.DocumentId, found.ETag);
            return Answer.NoContent;
        });

    static Problems Check(IReadOnlyList<TrustedIssuer> issuers, IdentityOptions options)
    {
        var problems = new Problems();
        for (var i = 0; i < issuers.Count; i++)
        {
            var issuer = issuers[i];
            problems
                .When(IssuerKeys.Endpoint(issuer.Issuer, options) is not { Query: "", Fragment: "" }, $"issuers[{i}].issuer", "must be an https URL without query and fragment")
                .When(issuer.Issuer == options.Issuer, $"issuers[{i}].issuer", "is this platform, which every account trusts")
                .When(issuer.JwksUri is { } keys && IssuerKeys.Endpoint(keys, options) is null, $"issuers[{i}].jwksUri", "must be an https URL");
        }
        return problems;
    }

    static Error Missing(string accountId) => new(404, "resource/not_found", $"account '{accountId}' has no authorizer");
}
