using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>What is done to messages by their numbers, beside those who receive them.</summary>
sealed partial class BrokerEntity
{
    /// <summary>Sends dead letters once more, to the queue or the subscription that they died in.</summary>
    /// <param name="number">Null: all.</param>
    /// <returns>How many; those that somebody holds stay.</returns>
    public async Task<int> Resubmit(string receiver, long? number, CancellationToken stop)
    {
        var dead = queues[receiver].DeadLetters!;
        long[] numbers;
        lock (gate)
        {
            numbers = number is { } only ? [only] : [.. dead.Numbers.Order()];
        }
        var sent = 0;
        foreach (var one in numbers)
        {
            sent += await Resubmit(queues[receiver], one, stop) ? 1 : 0;
        }
        return sent;
    }

    /// <summary>The same message, new in its queue: not a duplicate of what it was.</summary>
    async Task<bool> Resubmit(BrokerQueue queue, long number, CancellationToken stop)
    {
        Entry? letter;
        lock (gate)
        {
            Happen(Now);
            letter = queue.DeadLetters!.Find(number) is { Place: Place.Available } waiting ? waiting : null;
            if (letter is not null)
            {
                letter.Queue.Leave(letter);
            }
            Arm();
        }
        if (letter is null)
        {
            return false;
        }
        var again = await Leaving(letter, async () =>
        {
            var document = await context.Store.Read(partition, MessageDocuments.MessageId(queue.Receiver.Name, number), stop);
            var stored = StoredMessage.Of(Tenant, Json.Read<StoredMessage>(document!.Body).Message with { ScheduledEnqueueTime = null }, queue.Receiver, Now);
            var entry = new Entry(Interlocked.Increment(ref last), stored.MessageId, stored.SessionId ?? "", null, stored.ExpiresAt) { Queue = queue };
            var commit = await context.Store.Commit(partition, [Write.Create(MessageDocuments.MessageId(queue.Receiver.Name, entry.Number), Json.Bytes(stored)), .. End(letter, null)], stop);
            return commit.Committed ? entry : throw new InvalidOperationException($"the store does not take the message: {commit.Status}");
        });
        lock (gate)
        {
            Ended(letter, null);
            queue.Add(again, Now);
            Arm();
        }
        return true;
    }

    /// <summary>Takes a message away, alive or dead, whoever holds it.</summary>
    /// <returns>False: it is just being settled, so look again.</returns>
    public async Task<bool> Drop(string receiver, long number, CancellationToken stop)
    {
        Entry? entry;
        lock (gate)
        {
            Happen(Now);
            entry = queues[receiver].Find(number) ?? queues[receiver].DeadLetters!.Find(number);
            var isLeaving = entry is { Place: Place.Leaving };
            if (entry is not null && !isLeaving)
            {
                entry.Queue.Leave(entry);
            }
            Arm();
            if (entry is null || isLeaving)
            {
                return !isLeaving;
            }
        }
        await Leaving(entry, async () => await context.Store.Commit(partition, [.. End(entry, null)], stop));
        lock (gate)
        {
            Ended(entry, null);
            Arm();
        }
        Tell("dropped");
        return true;
    }

    /// <summary>Stores that a message leaves; it stays when that fails.</summary>
    async Task<T> Leaving<T>(Entry entry, Func<Task<T>> store)
    {
        try
        {
            return await store();
        }
        catch
        {
            lock (gate)
            {
                entry.Queue.Return(entry, Now);
                Arm();
            }
            throw;
        }
    }
}
