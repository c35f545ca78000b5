using AWorld.Platform;
using AWorld.Platform.Messages;
using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Messages;

/// <summary>
/// The namespace, by the setting that the triggers read as well: <c>ServiceBus__fullyQualifiedNamespace</c> with the
/// host's identity, or <c>ServiceBus</c> with an emulator's connection string.
/// </summary>
public sealed record ServiceBusConnection
{
    public const string Name = "ServiceBus";

    public string? FullyQualifiedNamespace { get; set; }

    public string? ConnectionString { get; set; }

    public ServiceBusClient Open(TokenCredential credential, ServiceBusClientOptions options) => ConnectionString is { } text ? new(text, options) : new(FullyQualifiedNamespace!, credential, options);
}

static class ServiceBusServices
{
    public static void AddServiceBus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ServiceBusConnection>().Bind(configuration.GetSection(ServiceBusConnection.Name))
            .Configure(connection => connection.ConnectionString = configuration[ServiceBusConnection.Name] is { Length: > 0 } text ? text : null)
            .Validate(static connection => connection.ConnectionString is { } text
                    ? text.Contains("Endpoint=sb://", StringComparison.OrdinalIgnoreCase)
                    : Uri.CheckHostName(connection.FullyQualifiedNamespace) == UriHostNameType.Dns,
                $"{ServiceBusConnection.Name}__fullyQualifiedNamespace must be the name of a Service Bus namespace, such as aworld.servicebus.windows.net")
            .ValidateOnStart();
        services.AddSettings<ServiceBusOptions>(configuration, ServiceBusOptions.Section);
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<ServiceBusConnection>>().Value
            .Open(provider.GetRequiredService<TokenCredential>(), provider.GetRequiredService<IOptions<ServiceBusOptions>>().Value.Client()));
        services.AddSingleton<IMessagePublisher, ServiceBusPublisher>();
        services.AddSingleton<MessageReceiver>();
    }
}
