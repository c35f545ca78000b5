using AWorld.Embedded.Cli;
using AWorld.Embedded.Media;
using AWorld.Embedded.Messages;
using AWorld.Embedded.Storage;
using AWorld.Embedded.Workflows;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Embedded;

/// <summary>The product on one machine: Kestrel in front, SQLite behind.</summary>
public static class EmbeddedHost
{
    /// <param name="configure">Runs last, so it can replace any service; tests put their clock and server in here.</param>
    public static WebApplication Build(EmbeddedOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        // The empty builder starts in a fraction of the default one's time and watches no files.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "AWorld.Embedded" });
        builder.Configuration.AddInMemoryCollection(Defaults(options)).AddLocalSettings().AddEnvironmentVariables();
        builder.Logging.AddLogs(builder.Configuration);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Body.DroppedBytes;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddAWorld(builder.Configuration);
        builder.Services.PostConfigure<UsersOptions>(static users => users.RememberedActive = 2_000_000);
        builder.Services.AddSqliteStore(builder.Configuration, options.Data);
        builder.Services.AddWorkflows(builder.Configuration);
        builder.Services.AddMessages(builder.Configuration);
        builder.Services.AddSettings<TelemetryOptions>(builder.Configuration, TelemetryOptions.Section);
        builder.Services.AddHostedService<TelemetryExport>();
        builder.Services.AddHostedService<UpkeepLoops>();
        builder.Services.AddSingleton<IMailer>(services => ActivatorUtilities.CreateInstance<MailFolder>(services, Path.Combine(options.Data, "mail")));
        builder.Services.AddSingleton<IKeyProtection>(new KeyFile(options.Data));
        builder.Services.AddSingleton<MediaFolder>();
        builder.Services.AddSingleton<MediaEndpoints>();
        builder.Services.AddSingleton<IMediaStore>(static services => services.GetRequiredService<MediaFolder>());
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseAWorld();
        app.MapAWorld();
        ServiceBusEndpoints.Map(app);
        OperatorEndpoints.Map(app);
        MediaEndpoints.Map(app);
        app.Lifetime.ApplicationStarted.Register(() => RunningHost.Note(options.Data, app.Urls.FirstOrDefault()));
        // A data folder in use or of a newer version shall stop the start, not the first request.
        app.Services.GetRequiredService<IDocumentStore>();
        app.Services.GetRequiredService<MediaFolder>().Sweep();
        return app;
    }

    /// <summary>What follows from where this host listens, unless configured otherwise.</summary>
    static IEnumerable<KeyValuePair<string, string?>> Defaults(EmbeddedOptions options) =>
        options.Port == 0 ? [] : [new("AWorld:Identity:Issuer", options.BaseUrl)];
}
