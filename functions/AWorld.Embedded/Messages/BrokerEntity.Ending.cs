using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>What nobody completes: it is dropped, or ends among the dead letters.</summary>
sealed partial class BrokerEntity
{
    const int BuriedAtOnce = StoreLimits.BatchWrites / 2;
    static readonly TimeSpan LookAgain = TimeSpan.FromHours(12);

    void Doom(Entry entry, DeadLetterReason? reason)
    {
        entry.Queue.Leave(entry);
        entry.Queue.Doomed++;
        entry.Doom = reason;
        doomed.Add(entry);
        if (!burying)
        {
            burying = true;
            _ = Bury();
        }
    }

    /// <summary>Drops or dead-letters what nobody holds; what the store refuses is tried again.</summary>
    async Task Bury()
    {
        await Task.Yield();
        while (true)
        {
            List<Entry> some;
            lock (gate)
            {
                some = doomed.GetRange(0, Math.Min(doomed.Count, BuriedAtOnce));
                doomed.RemoveRange(0, some.Count);
                if (some.Count == 0 || disposed)
                {
                    burying = false;
                    return;
                }
            }
            try
            {
                await context.Store.Commit(partition, [.. some.SelectMany(static entry => End(entry, entry.Doom))], CancellationToken.None);
                some.ForEach(entry => Tell(entry.Doom is null ? "dropped" : "deadLettered"));
                lock (gate)
                {
                    foreach (var entry in some)
                    {
                        entry.Queue.Doomed--;
                        Ended(entry, entry.Doom);
                    }
                }
            }
            catch (Exception failure)
            {
                context.Log.LogWarning(failure, "Messages of {Entity} of {Tenant} could not be moved; trying again", Declared.Name, Tenant);
                lock (gate)
                {
                    foreach (var entry in some)
                    {
                        entry.Queue.Doomed--;
                        timetable.Set(entry, Now + context.Options.RetryAfter);
                    }
                    Arm();
                }
            }
        }
    }

    /// <summary>What is written when a message leaves its queue: for its dead letters, or for good.</summary>
    static IEnumerable<Write> End(Entry entry, DeadLetterReason? reason)
    {
        var receiver = entry.Queue.Receiver.Name;
        if (reason is not null)
        {
            yield return Write.Upsert(MessageDocuments.FateId(receiver, entry.Number), Json.Bytes(new Fate(entry.Deliveries, reason)));
            yield break;
        }
        yield return Write.Delete(MessageDocuments.MessageId(receiver, entry.Number));
        if (entry.HasFate)
        {
            yield return Write.Delete(MessageDocuments.FateId(receiver, entry.Number));
        }
    }

    static void Ended(Entry entry, DeadLetterReason? reason)
    {
        entry.Queue.Remove(entry);
        if (reason is not null)
        {
            (entry.DeadLetter, entry.HasFate, entry.Doom) = (reason, true, null);
            entry.Queue = entry.Queue.DeadLetters!;
            entry.Queue.Add(entry, default);
        }
    }
}
