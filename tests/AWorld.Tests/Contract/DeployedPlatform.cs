using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Authorization;
using AWorld.Embedded;
using AWorld.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace AWorld.Tests.Contract;

/// <summary>
/// A platform as customers have it, reached by its address alone: the one at <c>AWORLD_URL</c>, whose first owner
/// (<c>AWORLD_OWNER</c>) gets mail in the folder <c>AWORLD_MAIL</c>; without these an embedded host on a port of its own.
/// Every time it has a new workspace.
/// </summary>
sealed partial class DeployedPlatform : IContractPlatform, IAsyncDisposable
{
    const string FirstOwner = "first.owner@example.com";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly Uri address;
    readonly string owner;
    readonly string mail;
    readonly WebApplication? host;
    readonly string? data;
    readonly Dictionary<ApiContext, string> tokens = [];

    DeployedPlatform(Uri address, string owner, string mail, WebApplication? host, string? data) => (this.address, this.owner, this.mail, this.host, this.data) = (address, owner, mail, host, data);

    public static async Task<DeployedPlatform> Reach()
    {
        var platform = Environment.GetEnvironmentVariable("AWORLD_URL") is { Length: > 0 } url
            ? new DeployedPlatform(new(url), Named("AWORLD_OWNER"), Named("AWORLD_MAIL"), null, null)
            : await Start();
        try
        {
            await platform.SignIn();
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    static string Named(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"set {name} beside AWORLD_URL");

    static async Task<DeployedPlatform> Start()
    {
        var folder = Directory.CreateTempSubdirectory("aworld-").FullName;
        var own = EmbeddedHost.Build(new() { Data = folder, Port = 0 }, static builder => builder.Configuration.AddInMemoryCollection([new("AWorld:Platform:FirstOwner", FirstOwner)]));
        await own.StartAsync();
        return new(new(own.Urls.First()), FirstOwner, Path.Combine(folder, "mail"), own, folder);
    }

    public HttpClient Anonymous() => new() { BaseAddress = address, Timeout = Patience };

    public HttpClient Machine(ApiContext context) => With(tokens[context]);

    public HttpClient User(ApiContext context, string userId)
    {
        var client = Machine(context);
        client.DefaultRequestHeaders.Add("x-user-id", userId);
        return client;
    }

    HttpClient With(string token)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>Asks again until the answer is as wished.</summary>
    public static async Task<T> Until<T>(Func<Task<T>> ask, Func<T, bool> isSo, string what)
    {
        var end = TimeProvider.System.GetUtcNow() + Patience;
        while (true)
        {
            var answer = await ask();
            if (isSo(answer))
            {
                return answer;
            }
            if (TimeProvider.System.GetUtcNow() > end)
            {
                throw new TimeoutException($"{what} not within {Patience}; the last answer: {answer}");
            }
            await Task.Delay(200);
        }
    }

    /// <summary>As the owner would: with the code in a mail, then a workspace and its clients.</summary>
    async Task SignIn()
    {
        using var anonymous = Anonymous();
        await Until(() => Task.FromResult(Mails().Count), static mails => mails > 0, "the first owner's invitation came");
        var before = Mails().Count;
        var started = await anonymous.Post("/auth/v1/email-otp/start", new { email = owner, clientId = "_platform_.portal" });
        var mails = await Until(() => Task.FromResult(Mails()), mails => mails.Count > before, "the code came");
        var verified = await anonymous.Post("/auth/v1/email-otp/verify", new { session = started.Text("session"), code = SixDigits().Match(mails[^1]).Value });
        using var portal = With(verified.Text("access_token"));
        var account = (await portal.Get("/portal/v1/accounts")).Text("items[0].accountId");
        var workspace = (await portal.Post($"/portal/v1/accounts/{account}/workspaces", new { name = "Contract", slug = $"contract-{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}" })).Text("workspaceId");
        foreach (var context in (ApiContext[])[ApiContext.App, ApiContext.Dashboard])
        {
            var client = await portal.Post($"/portal/v1/accounts/{account}/workspaces/{workspace}/clients", new { name = $"{context}", context });
            tokens[context] = await Token(anonymous, client.Text("clientId"), client.Text("clientSecret"));
        }
    }

    static async Task<string> Token(HttpClient client, string clientId, string secret)
    {
        var basic = ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{secret}"))}");
        return (await client.Post("/oauth2/token", new FormUrlEncodedContent([new("grant_type", "client_credentials")]), basic)).Text("access_token");
    }

    /// <summary>The texts of the owner's mails in the order of their coming.</summary>
    IReadOnlyList<string> Mails() => !Directory.Exists(mail) ? [] :
        [.. from file in Directory.EnumerateFiles(mail, "*.eml").Order(StringComparer.Ordinal)
            let content = File.ReadAllText(file)
            where content.Contains($"To: <{owner}>", StringComparison.OrdinalIgnoreCase)
            select Encoding.UTF8.GetString(Convert.FromBase64String(content[(content.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]))];

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex SixDigits();

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.StopAsync();
            await host.DisposeAsync();
            Directory.Delete(data!, recursive: true);
        }
    }
}
