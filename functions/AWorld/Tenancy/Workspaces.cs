using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

public enum WorkspacePlan { Standard, Premium, Enterprise }

public enum WorkspaceType { Edu, Play, Custom, Catalog }

/// <summary>An environment of an account: development, staging, production. Users and configuration belong to exactly one.</summary>
/// <param name="Slug">Unique in its account.</param>
/// <param name="Catalogs">Workspaces whose published entities this one may reference.</param>
/// <param name="Development">Holds no real people, so what helps developers is allowed.</param>
public sealed record Workspace(
    string WorkspaceId, string AccountId, string Name, string Slug, WorkspacePlan Plan, WorkspaceType Type,
    IReadOnlyList<string> Catalogs, bool Development, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public const string SlugShape = "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$";

    /// <summary>The region that wrote it last.</summary>
    public string? SourceRegion { get; init; }

    internal string DocumentId => IdOf(WorkspaceId);
    internal static string IdOf(string workspaceId) => $"workspace:{workspaceId}";

    /// <summary>A create-only document that holds the slug for one workspace of the account.</summary>
    internal static string SlugId(string slug) => $"workspace-slug:{slug}";
}

/// <summary>What a new workspace is made of; a missing slug comes from the id.</summary>
public sealed record WorkspaceDraft(
    string Name, string? Slug = null, WorkspacePlan Plan = WorkspacePlan.Standard, WorkspaceType Type = WorkspaceType.Custom,
    IReadOnlyList<string>? Catalogs = null, bool Development = false);

public sealed class Workspaces(IDocumentStore store, Ids ids, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    public const int MostPerAccount = 200;
    const int Attempts = 32;

    public async ValueTask<Result<Workspace>> Create(string accountId, WorkspaceDraft draft, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var batch = new Batch();
            var workspace = await Add(accountId, draft, batch, stop);
            if (!workspace.Succeeded || (await store.Commit(Partition.Platform(accountId), batch.Writes, stop)).Committed)
            {
                return workspace;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    public async ValueTask<Workspace?> Find(Tenant tenant, CancellationToken stop) =>
        await store.Read(Partition.Platform(tenant.AccountId), Workspace.IdOf(tenant.WorkspaceId), stop) is { } document
            ? Json.Read<Workspace>(document.Body)
            : null;

    /// <summary>All of an account, at most <see cref="MostPerAccount"/>.</summary>
    public async ValueTask<IReadOnlyList<Workspace>> List(string accountId, CancellationToken stop)
    {
        var page = await store.Query(Partition.Platform(accountId), DocumentQuery.Prefix("workspace:", limit: MostPerAccount), stop);
        return [.. page.Items.Select(document => Json.Read<Workspace>(document.Body))];
    }

    /// <summary>Decides on a new workspace and puts its documents into the batch of the account's partition.</summary>
    internal async ValueTask<Result<Workspace>> Add(string accountId, WorkspaceDraft draft, Batch batch, CancellationToken stop)
    {
        batch.Add(await store.Turn(Partition.Platform(accountId), "workspaces", stop));
        if ((await List(accountId, stop)).Count >= MostPerAccount)
        {
            return Error.InvalidOperation($"an account has at most {MostPerAccount} workspaces");
        }
        var (id, now) = (ids.NewTenant(), clock.GetUtcNow());
        var slug = draft.Slug ?? "w-" + Ids.Derive(id).ToLowerInvariant().Replace("_", "0", StringComparison.Ordinal).Replace("-", "0", StringComparison.Ordinal);
        if (await store.Read(Partition.Platform(accountId), Workspace.SlugId(slug), stop) is not null)
        {
            return Error.AlreadyExists("slug", slug);
        }
        var workspace = new Workspace(id, accountId, draft.Name, slug, draft.Plan, draft.Type, draft.Catalogs ?? [], draft.Development, now, now) { SourceRegion = platform.Value.SourceRegion };
        batch.Create(workspace.DocumentId, workspace);
        batch.Create(Workspace.SlugId(slug), new { workspaceId = id });
        return workspace;
    }
}
