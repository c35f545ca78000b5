using AWorld.Embedded;
using AWorld.Functions.Blob;
using AWorld.Functions.Cosmos;
using AWorld.Functions.KeyVault;
using AWorld.Functions.Mail;
using AWorld.Functions.Redis;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Platform.Ranks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests;

/// <summary>The host as its settings make it.</summary>
public sealed class AzureHostTests
{
    static HostApplicationBuilder Builder(params (string Key, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(LocalSettings.Read(Path.Combine(Root(), "local.settings.sample.json")));
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        builder.Services.AddAzureHost(builder.Configuration);
        return builder;
    }

    static ServiceProvider Services(params (string Key, string? Value)[] settings) => Builder(settings).Services.BuildServiceProvider();

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AWorld.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }
        return folder;
    }

    [Fact]
    public async Task The_sample_s_settings_give_every_port_its_adapter()
    {
        await using var services = Services();
        services.GetRequiredService<IDocumentStore>().ShouldBeOfType<CosmosDocumentStore>();
        services.GetRequiredService<IKeyProtection>().Unprotect("kid", services.GetRequiredService<IKeyProtection>().Protect("kid", [1, 2])).ShouldBe([1, 2]);
        services.GetRequiredService<IMailer>().ShouldBeOfType<MailFolder>().Folder.ShouldEndWith(Path.Combine("data", "mail"));
        services.GetRequiredService<IMediaStore>().ShouldBeOfType<BlobMedia>();
        services.GetRequiredService<ISharedRanks>().Open("board", true, static () => new(), static _ => Task.CompletedTask).ShouldBeOfType<RedisRanks>();
        services.GetRequiredService<ISessionTokens>().ShouldBeOfType<RedisSessionTokens>();
        services.GetRequiredService<IConfigurationSignal>().ShouldBeOfType<RedisConfigurationSignal>();
        services.GetRequiredService<IOptions<SnapshotOptions>>().Value.CheckEvery.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task An_empty_emulator_gets_its_containers_before_anything_reads_them()
    {
        using var fake = new FakeCosmos(TimeProvider.System);
        var builder = Builder(("AWorld:Redis:Endpoint", ""));
        builder.Services.AddSingleton(new CosmosClients(FakeAccount.Options(), FakeAccount.NoCredential, fake.Client));
        builder.Services.AddSingleton<IMessagePublisher, AzurePlatform.NoMessages>();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        var kinds = fake.Requests.Select(static request => request.Kind).ToList();
        kinds.ShouldContain("query");
        kinds.SkipWhile(static kind => kind is not ("read" or "query" or "feed")).ShouldNotContain("create");
    }

    [Fact]
    public void Service_Bus_s_own_spans_are_switched_on()
    {
        Builder();
        AppContext.TryGetSwitch("Azure.Experimental.EnableActivitySource", out var isOn).ShouldBeTrue();
        isOn.ShouldBeTrue();
    }

    [Fact]
    public async Task Requests_are_not_logged_line_by_line_and_what_the_product_says_is()
    {
        var builder = Builder();
        using var provider = new RememberedLines();
        builder.Services.AddLogging(logging => logging.AddProvider(provider));
        await using var services = builder.Services.BuildServiceProvider();
        var logs = services.GetRequiredService<ILoggerFactory>();
        logs.CreateLogger("Microsoft.AspNetCore.Routing.EndpointMiddleware").LogInformation("executing");
        logs.CreateLogger("Microsoft.AspNetCore.Routing.EndpointMiddleware").LogWarning("strange");
        logs.CreateLogger("AWorld.Game").LogInformation("paid");
        provider.Lines.ShouldBe(["strange", "paid"]);
    }

    sealed class RememberedLines : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
        public void Dispose() { }
    }

    [Fact]
    public async Task Without_Redis_and_with_Azure_s_services_the_host_has_neither_sessions_nor_anything_local()
    {
        await using var services = Services(("AWorld:Redis:Endpoint", ""), ("AWorld:KeyVault:LocalKey", ""), ("AWorld:Mail:Folder", ""));
        services.GetRequiredService<IMailer>().ShouldBeOfType<CommunicationMailer>();
        services.GetRequiredService<ISharedRanks>().Open("board", true, static () => new(), static _ => Task.CompletedTask).ShouldBeOfType<JournalRanks>();
        services.GetService<ISessionTokens>().ShouldBeNull();
        services.GetRequiredService<IDocumentStore>().ShouldNotBeNull();
        services.GetRequiredService<IKeyProtection>().ShouldBeOfType<KeyVaultProtection>();
    }

    [Theory]
    [InlineData("localhost:6379", true)]
    [InlineData("127.0.0.1:6379", true)]
    [InlineData("[::1]:10000", true)]
    [InlineData("10.1.0.7:10000", false)]
    [InlineData("[2001:db8::7]:10000", false)]
    [InlineData("aworld.westeurope.redis.azure.net:10000", false)]
    public async Task Redis_is_a_host_or_an_address_and_goes_without_TLS_on_this_machine_only(string endpoint, bool isLocal)
    {
        await using var services = Services(("AWorld:Redis:Endpoint", endpoint));
        services.GetRequiredService<IOptions<RedisOptions>>().Value.IsLocal.ShouldBe(isLocal);
    }

    [Theory]
    [InlineData("AWorld:Cosmos:Endpoint", null)]
    [InlineData("AWorld:Cosmos:Endpoint", "http://aworld.documents.azure.com/")]
    [InlineData("AWorld:Cosmos:Endpoint", "https://aworld.documents.azure.com/", "AWorld:Cosmos:Key")]
    [InlineData("AWorld:Cosmos:HomeRegions:0", "account001=Mars", "AWorld:Cosmos:HomeRegions")]
    [InlineData("AWorld:Cosmos:Attempts", "0")]
    [InlineData("AWorld:Mail:Endpoint", null)]
    [InlineData("AWorld:Mail:Endpoint", "http://aworld.communication.azure.com/")]
    [InlineData("AWorld:KeyVault:Vault", null)]
    [InlineData("AWorld:KeyVault:Vault", "http://aworld.vault.azure.net/")]
    [InlineData("AWorld:KeyVault:Vault", "aworld")]
    [InlineData("AWorld:KeyVault:Origin", "http://aworld.vault.azure.net/")]
    [InlineData("AWorld:KeyVault:Origin", "https://aworld.vault.azure.net/")]
    [InlineData("AWorld:KeyVault:Timeout", "00:10:00")]
    [InlineData("AWorld:KeyVault:LocalKey", "not base64!")]
    [InlineData("AWorld:KeyVault:LocalKey", "AAAA")]
    [InlineData("AWorld:Redis:Endpoint", "redis://aworld")]
    [InlineData("AWorld:Redis:Endpoint", "::1:10000")]
    [InlineData("AWorld:Blob:Endpoint", null)]
    [InlineData("AWorld:Blob:Endpoint", "https://aworld.blob.core.windows.net/", "AWorld:Blob:Key")]
    [InlineData("AWorld:Blob:Endpoint", "http://aworld.blob.core.windows.net/")]
    [InlineData("AWorld:Blob:Container", "Media")]
    [InlineData("AWorld:Media:UploadWithin", "02:00:00")]
    [InlineData("AWorldTaskHub", "")]
    [InlineData("AWorldStamp", "")]
    [InlineData("Cosmos", "", "Cosmos__accountEndpoint")]
    [InlineData("Cosmos", "AccountEndpoint=https://localhost:8082/;AccountKey=x", "Cosmos__accountEndpoint")]
    public async Task A_missing_or_wrong_setting_stops_the_start_with_its_name(string key, string? value, string? named = null)
    {
        await using var services = Services((key, value));
        Should.Throw<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()).ToString().ShouldContain(named ?? key);
    }

    [Fact]
    public async Task The_feed_s_account_may_be_named_as_a_deployment_does()
    {
        await using var services = Services(("Cosmos", ""), ("Cosmos:accountEndpoint", "https://localhost:8081"));
        Should.NotThrow(() => services.GetRequiredService<IStartupValidator>().Validate());
    }

    [Fact]
    public async Task What_is_for_an_emulator_on_this_machine_is_refused_with_a_store_elsewhere()
    {
        await using var services = Services(("AWorld:Cosmos:Endpoint", "https://aworld.documents.azure.com/"), ("AWorld:Cosmos:Key", ""));
        var refused = Should.Throw<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()).ToString();
        refused.ShouldContain("AWorld:Mail:Folder");
        refused.ShouldContain("AWorld:KeyVault:LocalKey");
    }
}
