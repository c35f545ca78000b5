namespace AWorld.Platform.Messages;

/// <summary>
/// Makes the messages of a subscription when they are received, from what is stored anyway, for hosts that keep their
/// messages themselves: unread ones then cost nothing, and wait however long.
/// </summary>
public interface IMessageSource
{
    string Entity { get; }
    string Subscription { get; }

    /// <summary>It makes such messages itself, so that sent ones are for other subscriptions.</summary>
    bool Makes(Message message);

    /// <summary>The cursor after which comes what happens from now on.</summary>
    ValueTask<string> End(CancellationToken stop);

    /// <summary>The next messages of a tenant after a cursor, in order per session. The same cursor gives the same messages, to the letter.</summary>
    ValueTask<SourcePage> Next(Tenant tenant, string cursor, CancellationToken stop);

    /// <summary>Told when a tenant may have more; must return at once. Some come without it, so look again at times.</summary>
    Action<Tenant>? Grew { get; set; }
}

/// <param name="Cursor">After the messages.</param>
/// <param name="More">There may be more after it, although <paramref name="Messages"/> can be empty.</param>
public sealed record SourcePage(IReadOnlyList<Message> Messages, string Cursor, bool More);
