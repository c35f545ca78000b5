using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

static class PortalWorkspaces
{
    public sealed record CreateRequest(
        [property: Required, StringLength(30, MinimumLength = 3)] string? Name,
        [property: RegularExpression(Workspace.SlugShape, ErrorMessage = "must be 1 to 63 of a-z, 0-9 and -, with no - at either end")] string? Slug,
        WorkspacePlan? Plan, WorkspaceType? Type, [property: MaxLength(20), TenantId] IReadOnlyList<string>? Catalogs, bool? Development);

    public sealed record UpdateRequest(
        [property: StringLength(30, MinimumLength = 3)] string? Name,
        [property: RegularExpression(Workspace.SlugShape, ErrorMessage = "must be 1 to 63 of a-z, 0-9 and -, with no - at either end")] string? Slug,
        WorkspacePlan? Plan, WorkspaceType? Type, [property: MaxLength(20), TenantId] IReadOnlyList<string>? Catalogs, bool? Development);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Portal.Workspaces, Create).Operation("workspaces/create").Requires(Permission.ManageWorkspaces).Produces<Workspace>(201);
        routes.MapGet(Portal.Workspaces, List).Operation("workspaces/list").Requires(Permission.ReadAccount).TakesPage().Produces<Page<Workspace>>();
        routes.MapGet(Portal.Workspace, Get).Operation("workspaces/get").Requires(Permission.ReadAccount).Produces<Workspace>();
        routes.MapPatch(Portal.Workspace, Update).Operation("workspaces/update").Requires(Permission.ManageWorkspaces).Produces<Workspace>();
    }

    static ValueTask<IResult> Create(string accountId, HttpContext http, Body<CreateRequest> body, Mutations mutations, Workspaces workspaces)
    {
        var sent = body.Value;
        var draft = new WorkspaceDraft(sent.Name!, sent.Slug, sent.Plan ?? WorkspacePlan.Standard, sent.Type ?? WorkspaceType.Custom, sent.Catalogs, sent.Development ?? false);
        return mutations.Run(http, Partition.Platform(accountId), async (batch, stop) => (await workspaces.Add(accountId, draft, batch, stop)).Map(created => Answer.Created(created, Answer.Hashed(created).ETag)));
    }

    /// <summary>A member of single workspaces sees those.</summary>
    static async Task<IResult> List(string accountId, Caller caller, HttpContext http, Workspaces workspaces, Memberships memberships, PageTokens pages, CancellationToken stop)
    {
        var request = await pages.Read(http);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var mine = await memberships.Of(accountId, caller.PrincipalId!, stop);
        var seen = (await workspaces.List(accountId, stop)).Where(workspace => mine.Any(one => one.WorkspaceId is null || one.WorkspaceId == workspace.WorkspaceId));
        return Answer.Hashed(await pages.Page(http, request.Value, seen, workspace => workspace.WorkspaceId));
    }

    static async Task<IResult> Get(string accountId, string workspaceId, Workspaces workspaces, CancellationToken stop) =>
        await workspaces.Find(new(accountId, workspaceId), stop) is { } workspace ? Answer.Hashed(workspace) : new Problem(Portal.Missing("workspace", workspaceId));

    static ValueTask<IResult> Update(string accountId, string workspaceId, HttpContext http, Body<UpdateRequest> body, Mutations mutations, IDocumentStore store, WorkspaceClocks clocks, IOptions<PlatformOptions> platform) =>
        mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
        {
            if (await store.Load<Workspace>(accountId, Workspace.IdOf(workspaceId), stop) is not { } stored)
            {
                return Portal.Missing("workspace", workspaceId);
            }
            if (Portal.Stale(http, stored.Value) is { } stale)
            {
                return stale;
            }
            var (sent, before) = (body.Value, stored.Value);
            if (sent.Development == false && clocks.Ahead(new(accountId, workspaceId)) > TimeSpan.Zero)
            {
                return Error.InvalidOperation("its test clock was moved, so it stays a development workspace") with { Status = StatusCodes.Status409Conflict };
            }
            var after = before with
            {
                Name = sent.Name ?? before.Name, Slug = sent.Slug ?? before.Slug, Plan = sent.Plan ?? before.Plan, Type = sent.Type ?? before.Type,
                Catalogs = sent.Catalogs ?? before.Catalogs, Development = sent.Development ?? before.Development, UpdatedAt = clocks.Real.GetUtcNow(), SourceRegion = platform.Value.SourceRegion,
            };
            if (after.Slug != before.Slug)
            {
                if (await store.Read(Partition.Platform(accountId), Workspace.SlugId(after.Slug), stop) is not null)
                {
                    return Error.AlreadyExists("slug", after.Slug);
                }
                batch.Delete(Workspace.SlugId(before.Slug));
                batch.Create(Workspace.SlugId(after.Slug), new { workspaceId });
            }
            batch.Replace(before.DocumentId, after, stored.ETag);
            return Answer.Hashed(after);
        });
}
