using AWorld.Authorization;
using AWorld.Embedded;
using AWorld.Embedded.Storage;
using AWorld.Functions.Http;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AWorld.Functions.Tests;

/// <summary>The services of the host on Azure over a real SQLite file or another store, so that a function's request goes all the way.</summary>
sealed class AzurePlatform : IAsyncDisposable
{
    readonly WebApplication app;
    readonly string data;

    AzurePlatform(WebApplication app, string data) => (this.app, this.data) = (app, data);

    public Tenant Tenant { get; } = new("acme000001", "main000001");

    public IServiceProvider Services => app.Services;

    public static Task<AzurePlatform> Start(params (string Key, string Value)[] settings) => Start(null, settings);

    /// <param name="store">Null: a SQLite file.</param>
    public static async Task<AzurePlatform> Start(IDocumentStore? store, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("aworld-azure-").FullName;
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "AWorld.Functions" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Configuration.AddInMemoryCollection(LocalSettings.Read(Path.Combine(Repository.Root, "local.settings.sample.json")));
        builder.Configuration.AddInMemoryCollection([new("AWorld:Cosmos:CreateContainers", "false")]);
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddLogging();
        builder.Services.AddAzureHost(builder.Configuration);
        if (store is null)
        {
            builder.Services.AddSqliteStore(builder.Configuration, folder);
        }
        else
        {
            builder.Services.AddSingleton(store);
        }
        builder.Services.AddSingleton<IMailer, NoMail>();
        builder.Services.AddSingleton<IMessagePublisher, NoMessages>();
        builder.Services.AddSingleton<IKeyProtection>(new KeyFile(folder));
        var host = builder.Build();
        await host.StartAsync();
        return new(host, folder);
    }

    internal sealed class NoMessages : IMessagePublisher
    {
        public ValueTask Send(Tenant tenant, string entity, IReadOnlyList<Message> messages, CancellationToken stop) => ValueTask.CompletedTask;
    }

    sealed class NoMail : IMailer
    {
        public Task Send(AWorld.Platform.Mail mail, CancellationToken stop) => Task.CompletedTask;
    }

    /// <summary>Runs a request through the function's pipeline, in a scope as the worker makes one.</summary>
    public async Task<(HttpContext Http, string Body)> Send(string method, string path, string? body = null, bool signedIn = true, params (string Name, string Value)[] headers)
    {
        var scope = Services.CreateAsyncScope();
        await using var _ = scope;
        var http = Request(scope.ServiceProvider, method, path, body, signedIn ? SignIn(Dashboard) : null, headers);
        (await Services.GetRequiredService<ProductPipeline>().Run(http)).ShouldBeOfType<EmptyResult>();
        return (http, System.Text.Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray()));
    }

    public Caller Dashboard => new(Tenant, ApiContext.Dashboard, Role.Owner, "dashboard-user", null, null, false, new HashSet<string>(), Services.GetRequiredService<Ids>().New());

    public static HttpContext Request(IServiceProvider scope, string method, string path, string? body, string? authorization, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext { RequestServices = scope };
        (http.Request.Method, http.Request.Path, http.Request.Scheme, http.Request.Host) = (method, path, "http", new("localhost"));
        http.Response.Body = new MemoryStream();
        // As the worker's own routing leaves it.
        http.SetEndpoint(new(static _ => Task.CompletedTask, null, "the function"));
        http.Request.RouteValues["path"] = "left by the worker";
        if (body is not null)
        {
            http.Request.ContentType = "application/json";
            http.Request.Body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body));
        }
        if (authorization is not null)
        {
            http.Request.Headers.Authorization = authorization;
        }
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }
        return http;
    }

    /// <summary>A token that is known to be the caller's.</summary>
    public string SignIn(Caller caller)
    {
        var (token, verified) = ($"Bearer {caller.TokenId}", Services.GetRequiredService<VerifiedTokens>());
        verified.Tokens.Add(token, new([caller], null), DateTimeOffset.MaxValue, Services.GetRequiredService<TimeProvider>().GetUtcNow(), verified.Tokens.Generation);
        return token;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }
}
