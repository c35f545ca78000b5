using System.ComponentModel.DataAnnotations;

namespace AWorld.Integrations.Webhooks;

/// <summary>Section <c>AWorld:Webhooks</c>.</summary>
public sealed class WebhooksOptions
{
    public const string Section = "AWorld:Webhooks";

    /// <summary>Lets endpoints be at private, loopback and other addresses that are not public. Whoever may manage webhooks can then reach them.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Lets endpoints be called without TLS.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>How long an endpoint may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    [Range(1, 1000)]
    public int EndpointsPerWorkspace { get; set; } = 50;

    /// <summary>Requests to one endpoint at a time, by one node; what finds no place is sent a little later.</summary>
    [Range(1, 1000)]
    public int ConcurrentPerEndpoint { get; set; } = 16;

    /// <summary>How long deliveries stay in the log, and can be resent.</summary>
    [Range(typeof(TimeSpan), "4.00:00:00", "365.00:00:00")]
    public TimeSpan LogKept { get; set; } = TimeSpan.FromDays(30);

    /// <summary>An endpoint that has failed for so long, and never succeeded in between, is disabled.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan DisabledAfter { get; set; } = TimeSpan.FromHours(72);
}
