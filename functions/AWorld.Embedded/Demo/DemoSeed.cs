using System.Text.Json;
using AWorld.Authorization;
using AWorld.Embedded.Cli;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Embedded.Demo;

/// <summary>Fills a running platform with an account to try it with: once, and mostly through its own API.</summary>
sealed class DemoSeed(IServiceProvider services, Uri address, string data)
{
    sealed record Script(IReadOnlyList<JsonElement> Users, IReadOnlyList<Request> Requests);

    sealed record Request(string Path, JsonElement? Body);

    public static async Task<DemoFile> Run(IServiceProvider services, Uri address, string data, CancellationToken stop)
    {
        var seed = new DemoSeed(services, address, data);
        if (await DemoFile.Read(data, stop) is { } made && await services.GetRequiredService<Accounts>().Find(made.AccountId, stop) is not null)
        {
            var moved = made with { BaseUrl = seed.BaseUrl };
            await moved.Write(data, stop);
            return moved;
        }
        return await seed.Make(stop);
    }

    string BaseUrl => address.GetLeftPart(UriPartial.Authority);

    async Task<DemoFile> Make(CancellationToken stop)
    {
        var owner = await services.GetRequiredService<Principals>().Ensure("owner@demo.example", "Demo", "Owner", stop);
        var account = await services.GetRequiredService<Accounts>().Create("Demonstration", owner.PrincipalId, stop);
        var file = new DemoFile(BaseUrl, account.AccountId,
        [
            await MakeWorkspace(account, new("Production", "production"), stop),
            await MakeWorkspace(account, new("Development", "development", Development: true), stop),
        ]);
        await file.Write(data, stop);
        return file;
    }

    async Task<DemoWorkspace> MakeWorkspace(Account account, WorkspaceDraft draft, CancellationToken stop)
    {
        var created = await services.GetRequiredService<Workspaces>().Create(account.AccountId, draft, stop);
        var tenant = new Tenant(account.AccountId, created.Value.WorkspaceId);
        var (app, dashboard) = (await MakeClient(tenant, ApiContext.App, stop), await MakeClient(tenant, ApiContext.Dashboard, stop));
        using var management = new ApiClient(new() { BaseAddress = address }, dashboard.ClientId, dashboard.ClientSecret);
        using var players = new ApiClient(new() { BaseAddress = address }, app.ClientId, app.ClientSecret);
        var script = await ReadScript(stop);
        await Play(management, script.Requests, stop);
        var users = new List<DemoUser>();
        foreach (var user in script.Users)
        {
            var made = await management.Post("/dashboard/v1/users", user, stop);
            var userId = made.GetProperty("userId").GetString()!;
            users.Add(new(userId, user.GetProperty("externalId").GetString()!, user.GetProperty("email").GetString()!));
            // A first look creates the missions that every user gets, so that the first action counts.
            await players.Get("/app/v1/missions", stop, userId);
        }
        return new(tenant.WorkspaceId, draft.Development, [app, dashboard], users);
    }

    async Task<DemoClient> MakeClient(Tenant tenant, ApiContext context, CancellationToken stop)
    {
        var name = context.ToString().ToLowerInvariant();
        var (client, secret) = await services.GetRequiredService<Clients>().Create(tenant, $"Demo {name}", context, null, stop);
        return new(name, client.ClientId, secret, client.Scopes);
    }

    /// <summary>Sends the requests in order. <c>{name}</c> in a path is that property of the latest answer that had it.</summary>
    static async Task Play(ApiClient api, IReadOnlyList<Request> requests, CancellationToken stop)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var request in requests)
        {
            var path = ids.Aggregate(request.Path, static (path, id) => path.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));
            var answer = await api.Post(path, request.Body, stop);
            foreach (var property in answer.ValueKind == JsonValueKind.Object ? answer.EnumerateObject().ToArray() : [])
            {
                if (property.Name.EndsWith("Id", StringComparison.Ordinal) && property.Value.GetString() is { } id)
                {
                    ids[property.Name] = id;
                }
            }
        }
    }

    static async Task<Script> ReadScript(CancellationToken stop)
    {
        await using var script = typeof(DemoSeed).Assembly.GetManifestResourceStream("demo-workspace.json")!;
        return (await JsonSerializer.DeserializeAsync<Script>(script, Json.Options, stop))!;
    }
}
