using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>What became of an event.</summary>
enum InboundStatus
{
    /// <summary>It was applied now.</summary>
    Accepted,

    /// <summary>It had been applied, or is held.</summary>
    Duplicate,

    /// <summary>It waits for its user, or for the action that it takes back.</summary>
    Held,

    /// <summary>It was not applied.</summary>
    Rejected,
}

/// <param name="Error">Why it was rejected.</param>
/// <param name="Overtaken">What it says though a later event had spoken of it, and so did not do.</param>
sealed record InboundResult(InboundStatus Status, Error? Error = null, string? UserId = null, IReadOnlyList<string>? Overtaken = null)
{
    public static InboundResult Rejected(Error error, string? userId = null) => new(InboundStatus.Rejected, error, userId);
}

/// <summary>How an event came in, for the log and the journal.</summary>
/// <param name="Channel">http, queue, hook, held or replay; null: what waits was kept before it was called so.</param>
/// <param name="ClientId">The machine client, or the source of a hook; null: the queue, which knows its workspace only.</param>
/// <param name="Attempt">From 1; more when it was handled before without its end being known.</param>
/// <param name="RetryOf">The entry of the log that is tried again.</param>
sealed record Sender(string? Channel, string? ClientId = null, string? UserId = null, string? PrincipalId = null, int Attempt = 1, string? RetryOf = null)
{
    public Game.Actor Actor => new(UserId, ClientId, PrincipalId, Via);

    /// <summary>Marks journal entries that events made.</summary>
    public const string Via = "integrations/events";
}
