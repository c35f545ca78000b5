using System.Security.Cryptography;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>
/// The messages of one tenant for one receiver, or its dead letters: who waits, who is held and until when. It does no
/// I/O; its entity calls it one at a time.
/// </summary>
sealed class BrokerQueue(BrokerEntity entity, Receiver receiver, BrokerQueue? deadLetters, Timetable timetable, Action<BrokerQueue> ready)
{
    readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);
    readonly Dictionary<long, Entry> all = [];
    readonly LinkedList<Line> free = [];
    readonly Dictionary<Guid, Entry> held = [];
    readonly LinkedList<TaskCompletionSource> waiting = [];
    int isOffered;

    public BrokerEntity Entity => entity;
    public Receiver Receiver => receiver;
    public BrokerQueue? DeadLetters => deadLetters;
    public bool IsDeadLetter => deadLetters is null;
    public bool BySession => receiver.RequiresSession && !IsDeadLetter;

    /// <summary>All that are in it, whatever their state.</summary>
    public int Count => all.Count;

    public IEnumerable<long> Numbers => all.Keys;

    public Entry? Find(long number) => all.GetValueOrDefault(number);

    /// <summary>Of them, those that are about to go.</summary>
    public int Doomed { get; set; }

    /// <summary>Of a subscription whose messages are made when they are received.</summary>
    public IMessageSource? Source { get; init; }

    /// <summary>Where it stands in its source.</summary>
    public (string Cursor, string? After) Position { get; set; } = ("", null);

    /// <summary>One at a time takes from the source.</summary>
    public SemaphoreSlim Taking { get; } = new(1, 1);

    /// <summary>How often its source has said that there may be more.</summary>
    public int Grown { get; private set; }

    public void Grow()
    {
        Grown++;
        Signal();
    }

    /// <summary>Whether it gets what is sent; see <see cref="Receiver.OnDemand"/>.</summary>
    public bool IsRead { get; set; } = !receiver.OnDemand;

    /// <summary>The message that has waited longest, if one waits.</summary>
    public Entry? Oldest => lines.Values.Select(static line => line.Available.Min).OfType<Entry>().MinBy(static entry => entry.Number);

    /// <summary>Room promised to messages that are being stored.</summary>
    public int Promised { get; set; }

    /// <summary>True for one caller until it is taken back: it is in the list of what handlers look at next.</summary>
    public bool Offer() => Interlocked.Exchange(ref isOffered, 1) == 0;

    public void TakeBackOffer() => Interlocked.Exchange(ref isOffered, 0);

    public void Add(Entry entry, DateTimeOffset now)
    {
        all.Add(entry.Number, entry);
        Return(entry, now);
    }

    /// <summary>It was about to leave, and stays.</summary>
    public void Return(Entry entry, DateTimeOffset now)
    {
        if (entry.DueAt > now && !IsDeadLetter)
        {
            entry.Place = Place.Scheduled;
            timetable.Set(entry, entry.DueAt);
        }
        else
        {
            MakeAvailable(entry);
        }
    }

    public void MakeAvailable(Entry entry)
    {
        entry.Place = Place.Available;
        entry.LockToken = default;
        timetable.Set(entry, IsDeadLetter ? null : entry.ExpiresAt);
        var line = LineOf(entry);
        line.Available.Add(entry);
        Release(line);
    }

    Line LineOf(Entry entry)
    {
        var name = BySession ? entry.SessionId : "";
        if (!lines.TryGetValue(name, out var line))
        {
            lines.Add(name, line = new(name) { Queue = this });
        }
        return line;
    }

    void Release(Line line)
    {
        if (line.Holder == default && line.Available.Count > 0)
        {
            line.Free ??= free.AddLast(line);
            Signal();
        }
    }

    /// <summary>Wakes one who waits: who wakes and finds nothing waits again, who takes wakes the next.</summary>
    public void Signal()
    {
        ready(this);
        if (waiting.First is { } first)
        {
            waiting.RemoveFirst();
            first.Value.SetResult();
        }
    }

    public bool HasMore => free.Count > 0;

    public LinkedListNode<TaskCompletionSource> Wait() => waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>A wake-up that came to one who left is for the next.</summary>
    public void StopWaiting(LinkedListNode<TaskCompletionSource> place)
    {
        if (place.List is not null)
        {
            waiting.Remove(place);
        }
        else if (HasMore)
        {
            Signal();
        }
    }

    /// <summary>The session that has waited longest; null: none has a message.</summary>
    public Line? AcceptSession(DateTimeOffset now)
    {
        if (free.First?.Value is not { } line)
        {
            return null;
        }
        Unfree(line);
        line.Holder = NewToken();
        Renew(line, now + receiver.LockDuration);
        if (HasMore)
        {
            Signal();
        }
        return line;
    }

    void Renew(Line line, DateTimeOffset until)
    {
        line.LockedUntil = until;
        timetable.Set(line, until);
    }

    /// <summary>Whoever held the session has it no more, nor its messages.</summary>
    public IEnumerable<Entry> EndSession(Line line)
    {
        timetable.Set(line, null);
        line.Holder = default;
        Entry[] left = [.. line.Held];
        Release(line);
        Tidy(line);
        return left;
    }

    void Unfree(Line line)
    {
        if (line.Free is { } place)
        {
            free.Remove(place);
            line.Free = null;
        }
    }

    public List<Delivery> Take(Line? session, int max, DateTimeOffset now)
    {
        var taken = new List<Delivery>();
        var line = session ?? (BySession ? null : lines.GetValueOrDefault(""));
        while (line is not null && taken.Count < max && line.Available.Min is { } entry)
        {
            Unavailable(line, entry);
            entry.Deliveries++;
            entry.LockToken = NewToken();
            Hold(entry, session?.LockedUntil ?? now + receiver.LockDuration);
            taken.Add(new(entry, entry.Deliveries, entry.LockToken, entry.LockedUntil));
        }
        if (HasMore && taken.Count > 0)
        {
            Signal();
        }
        return taken;
    }

    void Unavailable(Line line, Entry entry)
    {
        line.Available.Remove(entry);
        if (line.Available.Count == 0)
        {
            Unfree(line);
        }
    }

    /// <summary>A message of a session is held as long as the session.</summary>
    public void Renew(Entry entry, DateTimeOffset until)
    {
        if (BySession)
        {
            Renew(LineOf(entry), until);
        }
        Hold(entry, until);
    }

    static Guid NewToken() => new(RandomNumberGenerator.GetBytes(16));

    public void Hold(Entry entry, DateTimeOffset until)
    {
        entry.Place = Place.Held;
        entry.LockedUntil = until;
        held[entry.LockToken] = entry;
        LineOf(entry).Held.Add(entry);
        // Where sessions are locked, their messages are with them.
        timetable.Set(entry, BySession ? null : until);
    }

    public Entry? Held(Guid token) => held.GetValueOrDefault(token);

    /// <summary>It is given back, or its lock ended.</summary>
    public void Unhold(Entry entry)
    {
        held.Remove(entry.LockToken);
        LineOf(entry).Held.Remove(entry);
        timetable.Set(entry, null);
    }

    /// <summary>Nobody gets it any more, while the store is told.</summary>
    public void Leave(Entry entry)
    {
        if (entry.Place == Place.Held)
        {
            Unhold(entry);
        }
        else if (entry.Place == Place.Available)
        {
            Unavailable(LineOf(entry), entry);
        }
        timetable.Set(entry, null);
        entry.Place = Place.Leaving;
    }

    public void Remove(Entry entry)
    {
        all.Remove(entry.Number);
        timetable.Set(entry, null);
        Tidy(LineOf(entry));
    }

    void Tidy(Line line)
    {
        if (line is { Available.Count: 0, Held.Count: 0 } && line.Holder == default)
        {
            lines.Remove(line.SessionId);
        }
    }
}
