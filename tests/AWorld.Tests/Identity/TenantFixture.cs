using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AWorld.Tests.Identity;

/// <summary>A platform with a real account: an owner, two workspaces, a user and clients, all of which sign in as customers do.</summary>
sealed partial class TenantFixture : IAsyncDisposable
{
    public const string Email = "alice@example.org";
    public const string OwnerEmail = "owner@example.org";

    TenantFixture(TestPlatform platform) => Platform = platform;

    public TestPlatform Platform { get; }
    public Principal Owner { get; private set; } = null!;
    public Account Account { get; private set; } = null!;
    public Tenant Tenant { get; private set; } = null!;
    public Tenant Sibling { get; private set; } = null!;
    public UserProfile Alice { get; private set; } = null!;
    public MachineClient Client { get; private set; } = null!;
    public string Secret { get; private set; } = null!;
    public HttpClient Http => Platform.Anonymous();

    public static async Task<TenantFixture> Start(string? data = null, FakeClock? clock = null, Action<WebApplicationBuilder>? configure = null, params (string Key, string Value)[] settings)
    {
        var fixture = new TenantFixture(await TestPlatform.Start(data, clock, configure, Map, settings));
        var platform = fixture.Platform;
        fixture.Owner = await platform.Service<Principals>().Ensure(OwnerEmail, "Olivia", "Owner", default);
        fixture.Account = await platform.Service<Accounts>().Create("Acme", fixture.Owner.PrincipalId, default);
        fixture.Tenant = await fixture.NewWorkspace("Production");
        fixture.Sibling = await fixture.NewWorkspace("Staging");
        fixture.Alice = (await platform.Service<UserDirectory>().Create(fixture.Tenant, new(Email, "Alice", "Doe", ExternalId: "ext-alice", Lang: "it", Timezone: "Europe/Rome"), default)).Value;
        (fixture.Client, fixture.Secret) = (await platform.Service<Clients>().Create(fixture.Tenant, "machine", ApiContext.App, null, default)).Value;
        return fixture;
    }

    public async Task<Tenant> NewWorkspace(string name) =>
        new(Account.AccountId, (await Platform.Service<Workspaces>().Create(Account.AccountId, new(name), default)).Value.WorkspaceId);

    public async Task<MachineClient> NewClient(ApiContext context, Tenant? tenant = null) =>
        (await Platform.Service<Clients>().Create(tenant ?? Tenant, "application", context, null, default)).Value.Client;

    /// <summary>Endpoints that answer who calls them.</summary>
    static void Map(IEndpointRouteBuilder routes)
    {
        static IResult Who(Caller caller) => Results.Text($"{caller.Tenant} {caller.Role} {caller.UserId} {caller.PrincipalId} {string.Join(' ', caller.Scopes.Order())}");
        foreach (var (permission, grant) in Permissions.Table)
        {
            routes.MapGet($"/test/{permission}", Who).Requires(permission);
        }
        routes.MapGet("/test/user", Who).Requires(Permission.ActAsSelf).RequiresUser();
        routes.MapGet("/test/accounts/{accountId}/workspaces", Who).Requires(Permission.ManageWorkspaces);
        routes.MapGet("/test/accounts/{accountId}", Who).Requires(Permission.ReadAccount);
        routes.MapGet("/test/undeclared", () => "never");
        routes.MapGet("/test/public", () => "hello").Public();
    }

    public HttpClient With(string accessToken, params (string Name, string Value)[] headers)
    {
        var client = Http;
        client.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        foreach (var (name, value) in headers)
        {
            client.DefaultRequestHeaders.Add(name, value);
        }
        return client;
    }

    public async Task<(int Status, JsonElement Body)> Token(params (string Name, string Value)[] form) => await Token(null, form);

    public async Task<(int Status, JsonElement Body)> Token(string? basic, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token")
        {
            Content = new FormUrlEncodedContent(form.Select(one => KeyValuePair.Create(one.Name, one.Value))),
        };
        if (basic is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }
        using var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Body());
    }

    public async Task<string> MachineToken(MachineClient? client = null, string? secret = null, string? scope = null)
    {
        var (status, body) = await Token($"{(client ?? Client).ClientId}:{secret ?? Secret}", [("grant_type", "client_credentials"), .. scope is null ? [] : new[] { ("scope", scope) }]);
        status.ShouldBe(200, body.ToString());
        return body.Text("access_token");
    }

    public Task<JsonElement> StartCode(string email, string clientId) => Http.Post("/auth/v1/email-otp/start", new { email, clientId });

    /// <summary>The code in the latest mail to the address; waits for it to be written.</summary>
    public async Task<string> CodeMailedTo(string email, int mails = 1)
    {
        for (var wait = 0; wait < 500; wait++)
        {
            var texts = Mails().Where(mail => mail.Contains($"To: <{email}>", StringComparison.Ordinal)).ToList();
            if (texts.Count >= mails)
            {
                var text = Encoding.UTF8.GetString(Convert.FromBase64String(texts[^1][(texts[^1].IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]));
                return SixDigits().Match(text).Value;
            }
            await Task.Delay(10);
        }
        throw new TimeoutException($"no mail to {email}");
    }

    public IReadOnlyList<string> Mails()
    {
        var folder = Path.Combine(Platform.Data, "mail");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.eml").OrderBy(File.GetLastWriteTimeUtc).Select(File.ReadAllText)] : [];
    }

    public async Task<JsonElement> SignIn(string email, string clientId, int mails = 1)
    {
        var session = (await StartCode(email, clientId)).Text("session");
        return await Http.Post("/auth/v1/email-otp/verify", new { session, code = await CodeMailedTo(email, mails) });
    }

    public static JsonElement Claims(string jwt) => AWorld.Identity.Jwt.Parse(jwt).Value.Unverified;

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex SixDigits();
}
