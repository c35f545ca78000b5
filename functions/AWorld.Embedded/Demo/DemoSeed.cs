using System.Text.Json;
using AWorld.Authorization;
using AWorld.Embedded.Cli;
using AWorld.Embedded.Messages;
using AWorld.Platform;
using AWorld.Platform.Messages;
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
            var moved = made with { BaseUrl = seed.BaseUrl, Messaging = await seed.Messaging(made, stop) };
            await moved.Write(data, stop);
            return moved;
        }
        return await seed.Make(stop);
    }

    string BaseUrl => address.GetLeftPart(UriPartial.Authority);

    /// <summary>Each step finds what it did when it was interrupted: the account by its id, workspaces by their slugs, clients in the file, requests by their keys.</summary>
    async Task<DemoFile> Make(CancellationToken stop)
    {
        var owner = await services.GetRequiredService<Principals>().Ensure("owner@demo.example", "Demo", "Owner", stop);
        var account = await services.GetRequiredService<Accounts>().Create("Demonstration", owner.PrincipalId, stop, seed: "demonstration");
        var begun = await DemoFile.ReadFrom(DemoFile.BegunIn(data), stop) is { } left && left.AccountId == account.AccountId ? left with { BaseUrl = BaseUrl } : new(BaseUrl, account.AccountId, []);
        foreach (var draft in new WorkspaceDraft[] { new("Production", "production"), new("Development", "development", Development: true) })
        {
            var tenant = new Tenant(account.AccountId, await WorkspaceOf(account, draft, stop));
            if (begun.Workspaces.All(workspace => workspace.WorkspaceId != tenant.WorkspaceId))
            {
                begun = begun with { Workspaces = [.. begun.Workspaces, new(tenant.WorkspaceId, draft.Development, await MakeClients(tenant, stop), [])] };
                await begun.WriteTo(DemoFile.BegunIn(data), stop);
            }
        }
        var file = begun with { Workspaces = [await Fill(begun.Workspaces[0], stop), await Fill(begun.Workspaces[1], stop)] };
        file = file with { Messaging = await Messaging(file, stop) };
        await file.Write(data, stop);
        File.Delete(DemoFile.BegunIn(data));
        return file;
    }

    /// <summary>A token for each queue and topic in each workspace, good for a year from each start with <c>--demo</c>.</summary>
    async Task<IReadOnlyList<DemoMessaging>> Messaging(DemoFile file, CancellationToken stop)
    {
        var (access, expires) = (services.GetRequiredService<SharedAccess>(), services.GetRequiredService<TimeProvider>().GetUtcNow() + TimeSpan.FromDays(365));
        var messaging = new List<DemoMessaging>();
        foreach (var workspace in file.Workspaces)
        {
            foreach (var entity in (MessageEntity[])[MessageEntities.Inbound, MessageEntities.Events])
            {
                messaging.Add(new(entity.Name, workspace.WorkspaceId, await access.Issue(address, new(file.AccountId, workspace.WorkspaceId), entity.Name, expires, stop)));
            }
        }
        return messaging;
    }

    async Task<string> WorkspaceOf(Account account, WorkspaceDraft draft, CancellationToken stop)
    {
        var workspaces = services.GetRequiredService<Workspaces>();
        return (await workspaces.List(account.AccountId, stop)).FirstOrDefault(workspace => workspace.Slug == draft.Slug) is { } known
            ? known.WorkspaceId
            : (await workspaces.Create(account.AccountId, draft, stop)).Value.WorkspaceId;
    }

    async Task<DemoWorkspace> Fill(DemoWorkspace workspace, CancellationToken stop)
    {
        using var management = Api(workspace, "dashboard");
        using var players = Api(workspace, "app");
        var script = await ReadScript(stop);
        await Play(management, script.Requests, stop);
        var users = new List<DemoUser>();
        foreach (var user in script.Users)
        {
            var externalId = user.GetProperty("externalId").GetString()!;
            var made = await management.Post("/dashboard/v1/users", user, stop, idempotencyKey: $"demo-user-{externalId}");
            var userId = made.GetProperty("userId").GetString()!;
            users.Add(new(userId, externalId, user.GetProperty("email").GetString()!));
            // A first look creates the missions that every user gets, so that the first action counts.
            await players.Get("/app/v1/missions", stop, userId);
        }
        return workspace with { Users = users };
    }

    ApiClient Api(DemoWorkspace workspace, string context)
    {
        var client = workspace.Client(context);
        return new(new() { BaseAddress = address }, client.ClientId, client.ClientSecret);
    }

    /// <summary>Clients that a killed process made and could not note go: nobody knows their secrets.</summary>
    async Task<DemoClient[]> MakeClients(Tenant tenant, CancellationToken stop)
    {
        var clients = services.GetRequiredService<Clients>();
        foreach (var left in await clients.List(tenant, stop))
        {
            await clients.Remove(left, stop);
        }
        return [await MakeClient(tenant, ApiContext.App, stop), await MakeClient(tenant, ApiContext.Dashboard, stop)];
    }

    async Task<DemoClient> MakeClient(Tenant tenant, ApiContext context, CancellationToken stop)
    {
        var name = context.ToString().ToLowerInvariant();
        var (client, secret) = (await services.GetRequiredService<Clients>().Create(tenant, $"Demo {name}", context, null, stop)).Value;
        return new(name, client.ClientId, secret, client.Scopes);
    }

    /// <summary>Sends the requests in order. <c>{name}</c> in a path is that property of the latest answer that had it.</summary>
    static async Task Play(ApiClient api, IReadOnlyList<Request> requests, CancellationToken stop)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, request) in requests.Index())
        {
            var path = ids.Aggregate(request.Path, static (path, id) => path.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));
            var answer = await api.Post(path, request.Body, stop, idempotencyKey: $"demo-{index}");
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
