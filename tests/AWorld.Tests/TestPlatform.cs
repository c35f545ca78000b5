using AWorld.Authorization;
using AWorld.Embedded;
using AWorld.Embedded.Storage;
using AWorld.Embedded.Workflows;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;

namespace AWorld.Tests;

/// <summary>
/// The embedded host in this process: real pipeline, real database in a folder of its own, a clock that tests set.
/// Two accounts exist: <see cref="Home"/> and <see cref="Sibling"/> are workspaces of one, <see cref="Other"/> of another.
/// </summary>
public sealed class TestPlatform : IAsyncDisposable
{
    public static readonly DateTimeOffset Start0 = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Nobody follows the journals but who is asked to, and what fails does not wait for a clock that stands still.</summary>
    static readonly Dictionary<string, string?> UnlessTestsAsk = new() { ["AWorld:Messages:RetryFailedAfter"] = "00:00:00", ["AWorld:Game:OutboxInterval"] = "1.00:00:00", ["AWorld:Leaderboards:StoreEvery"] = "01:00:00" };

    readonly WebApplication app;

    TestPlatform(WebApplication app, FakeClock clock, string data)
    {
        (this.app, Clock, Data) = (app, clock, data);
        Home = new(this, new("homeacct01", "workspace1"));
        Sibling = new(this, new("homeacct01", "workspace2"));
        Other = new(this, new("otheracct1", "workspace3"));
    }

    public FakeClock Clock { get; }
    public string Data { get; }
    public TestWorkspace Home { get; }
    public TestWorkspace Sibling { get; }
    public TestWorkspace Other { get; }
    public Tenant Tenant => Home.Tenant;

    /// <param name="data">A folder that another platform left behind, to see what survives; null: a new one.</param>
    /// <param name="configure">Replaces services.</param>
    /// <param name="map">Adds endpoints, for tests of what surrounds one.</param>
    /// <param name="settings">Configuration, such as <c>("AWorld:Game:Grace", "01:00:00")</c>.</param>
    public static async Task<TestPlatform> Start(string? data = null, FakeClock? clock = null, Action<WebApplicationBuilder>? configure = null, Action<IEndpointRouteBuilder>? map = null, params (string Key, string Value)[] settings)
    {
        data ??= Directory.CreateTempSubdirectory("aworld-").FullName;
        clock ??= new FakeClock(Start0);
        var host = EmbeddedHost.Build(new() { Data = data, Port = 0 }, builder =>
        {
            builder.Configuration.AddInMemoryCollection(UnlessTestsAsk).AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.WebHost.UseTestServer();
            configure?.Invoke(builder);
        });
        map?.Invoke(host);
        try
        {
            await host.StartAsync();
            var platform = new TestPlatform(host, clock, data);
            await Task.WhenAll(platform.Make(platform.Home.Tenant, platform.Sibling.Tenant), platform.Make(platform.Other.Tenant));
            return platform;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an account with these workspaces as the portal does; whichever of them is there stays as it is.</summary>
    public async Task Make(params Tenant[] tenants)
    {
        var (account, now) = (new Batch(), Clock.GetUtcNow());
        Service<Accounts>().Add(account, tenants[0].AccountId, "Account", ownerPrincipalId: null);
        await Task.WhenAll([Keep(account), .. tenants.Select(tenant => Keep(WorkspaceOf(tenant)))]);

        Batch WorkspaceOf(Tenant tenant)
        {
            var batch = new Batch();
            var workspace = new Workspace(tenant.WorkspaceId, tenant.AccountId, "Workspace", tenant.WorkspaceId, WorkspacePlan.Standard, WorkspaceType.Custom, [], false, now, now);
            batch.Create(workspace.DocumentId, workspace);
            batch.Create(Workspace.SlugId(workspace.Slug), new { tenant.WorkspaceId });
            return batch;
        }

        async Task Keep(Batch batch)
        {
            // Whatever a test puts around the store is for what the test does.
            var kept = await Service<SqliteDocumentStore>().Commit(Partition.Platform(tenants[0].AccountId), batch.Writes, default);
            (kept.Committed || kept is { Status: CommitStatus.Conflict, Failed: 0 }).ShouldBeTrue($"{tenants[0]} could not be made: {kept.Status} of {batch.Writes[Math.Max(0, kept.Failed)].Id}");
        }
    }

    public HttpClient App(string userId, Role role = Role.Member) => Home.App(userId, role);
    public HttpClient Dashboard(Role role = Role.Owner) => Home.Dashboard(role);
    public HttpClient Machine(params string[] scopes) => Home.Machine(scopes);
    public HttpClient Portal(string principalId, Role role = Role.Owner) => Home.Portal(principalId, role);

    /// <summary>Without a token. A year at once can take longer than the usual 100 seconds on a busy machine.</summary>
    public HttpClient Anonymous()
    {
        var client = app.GetTestServer().CreateClient();
        client.Timeout = TimeSpan.FromMinutes(10);
        return client;
    }

    public T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Lets time pass, and workflows do at each of their times what they do then.</summary>
    public Task Pass(TimeSpan time) => Service<WorkflowEngine>().Pass(Clock, time);

    /// <summary>Until every workflow waits for a time or an event.</summary>
    public Task WorkflowsIdle() => Service<WorkflowEngine>().Idle();

    /// <summary>Stops the host gracefully and leaves the folder for the next one.</summary>
    public async Task Stop()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(Data, recursive: true);
    }
}

/// <summary>One workspace of a <see cref="TestPlatform"/>, and clients for it.</summary>
public sealed class TestWorkspace(TestPlatform platform, Tenant tenant)
{
    public Tenant Tenant { get; } = tenant;

    /// <summary>A signed-in user.</summary>
    public HttpClient App(string userId, Role role = Role.Member) => Client(ApiContext.App, role, userId: userId);

    /// <summary>A signed-in person who manages the workspace.</summary>
    public HttpClient Dashboard(Role role = Role.Owner, string userId = "dashboard-user") => Client(ApiContext.Dashboard, role, userId: userId);

    /// <summary>A machine client, such as <c>Machine("app/write")</c>; act for a user with x-user-id.</summary>
    public HttpClient Machine(params string[] scopes) =>
        Client(scopes.Length > 0 && !scopes[0].StartsWith("app", StringComparison.Ordinal) ? ApiContext.Dashboard : ApiContext.App, Role.Owner, scopes: scopes);

    /// <summary>A principal signed in to the portal of this account.</summary>
    public HttpClient Portal(string principalId, Role role = Role.Owner) => Client(ApiContext.Portal, role, principalId: principalId);

    HttpClient Client(ApiContext context, Role role, string? userId = null, string? principalId = null, string[]? scopes = null)
    {
        var client = platform.Anonymous();
        var caller = new Caller(Tenant, context, role, userId, principalId, scopes is null ? null : $"{Tenant.AccountId}.test-client", scopes is not null,
            new HashSet<string>(scopes ?? []), platform.Service<Ids>().New());
        // As if it had been verified; what stands behind a token is what the tests of identity are about.
        var (token, verified) = ($"Bearer {caller.TokenId}", platform.Service<VerifiedTokens>());
        verified.Tokens.Add(token, new([caller], null), DateTimeOffset.MaxValue, platform.Clock.GetUtcNow(), verified.Tokens.Generation);
        client.DefaultRequestHeaders.Add("Authorization", token);
        return client;
    }
}
