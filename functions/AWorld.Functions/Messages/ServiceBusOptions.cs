using System.ComponentModel.DataAnnotations;
using Azure.Messaging.ServiceBus;

namespace AWorld.Functions.Messages;

/// <summary>Section <c>AWorld:ServiceBus</c>: how long sending is tried. What receives is the host's, in host.json.</summary>
public sealed class ServiceBusOptions
{
    public const string Section = "AWorld:ServiceBus";

    /// <summary>Tries, as long as Service Bus is busy or out of reach.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 2;

    /// <summary>The wait before each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a try may take; one that makes the connection takes up to five seconds more.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>What is not sent by then is a 503, and is tried no longer. It may have arrived: who sends again sends the same MessageIds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan SentWithin { get; set; } = TimeSpan.FromSeconds(8);

    public ServiceBusClientOptions Client() => new()
    {
        RetryOptions = { Mode = ServiceBusRetryMode.Fixed, MaxRetries = Attempts - 1, Delay = RetryAfter, MaxDelay = RetryAfter, TryTimeout = Timeout },
    };
}
