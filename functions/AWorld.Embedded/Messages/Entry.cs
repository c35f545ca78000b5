using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>Something to which something happens at a time.</summary>
abstract class Timed
{
    static long made;

    /// <summary>Tells those of one time apart.</summary>
    public long Order { get; } = Interlocked.Increment(ref made);
    public DateTimeOffset Wake { get; set; } = DateTimeOffset.MaxValue;
    public required BrokerQueue Queue { get; set; }
}

enum Place { Scheduled, Available, Held, Leaving }

/// <summary>What is kept in memory of a message: all but its content.</summary>
sealed class Entry(long number, string messageId, string sessionId, DateTimeOffset? dueAt, DateTimeOffset expiresAt) : Timed
{
    public long Number => number;
    public string MessageId => messageId;
    public string SessionId => sessionId;
    public DateTimeOffset? DueAt => dueAt;
    public DateTimeOffset ExpiresAt => expiresAt;
    public Place Place { get; set; }
    public int Deliveries { get; set; }

    /// <summary>A <see cref="Fate"/> is stored.</summary>
    public bool HasFate { get; set; }
    public DeadLetterReason? DeadLetter { get; set; }
    public Guid LockToken { get; set; }
    public DateTimeOffset LockedUntil { get; set; }

    /// <summary>Why it leaves without having been settled; null: it is dropped.</summary>
    public DeadLetterReason? Doom { get; set; }
}

/// <summary>A message in the hands of a receiver, for the so-manieth time.</summary>
readonly record struct Delivery(Entry Entry, int Number, Guid LockToken, DateTimeOffset LockedUntil);

/// <summary>The messages of one session; where sessions do not count there is one, for all.</summary>
sealed class Line(string sessionId) : Timed
{
    public string SessionId => sessionId;
    public SortedSet<Entry> Available { get; } = new(Comparer<Entry>.Create(static (one, other) => one.Number.CompareTo(other.Number)));
    public HashSet<Entry> Held { get; } = [];

    /// <summary>Set while somebody holds the session.</summary>
    public Guid Holder { get; set; }
    public DateTimeOffset LockedUntil { get; set; }
    public LinkedListNode<Line>? Free { get; set; }
}

/// <summary>What happens next, in its order.</summary>
sealed class Timetable
{
    readonly SortedSet<Timed> times = new(Comparer<Timed>.Create(static (one, other) =>
        one.Wake.CompareTo(other.Wake) is not 0 and var earlier ? earlier : one.Order.CompareTo(other.Order)));

    public DateTimeOffset? Next => times.Min?.Wake;

    public void Set(Timed one, DateTimeOffset? wake)
    {
        if (one.Wake != DateTimeOffset.MaxValue)
        {
            times.Remove(one);
        }
        one.Wake = wake ?? DateTimeOffset.MaxValue;
        if (one.Wake != DateTimeOffset.MaxValue)
        {
            times.Add(one);
        }
    }

    public bool TryTake(DateTimeOffset now, out Timed due)
    {
        due = times.Min!;
        if (due is null || due.Wake > now)
        {
            return false;
        }
        Set(due, null);
        return true;
    }
}
