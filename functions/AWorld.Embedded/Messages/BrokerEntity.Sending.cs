using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>What comes in: sent, or made of a source.</summary>
sealed partial class BrokerEntity
{
    /// <summary>One message, for each receiver that wants it, as it will be stored.</summary>
    sealed record Draft(string MessageId, IReadOnlyList<(Entry Entry, StoredMessage Message)> Copies, IReadOnlyList<Write> Writes, bool IsMade)
    {
        public long Bytes { get; } = Writes.Sum(static write => (long)write.Body.Length);
    }

    public async Task Send(IReadOnlyList<Message> messages, CancellationToken stop)
    {
        var distinct = Declared.DuplicateDetection > TimeSpan.Zero ? messages.DistinctBy(static message => message.MessageId) : messages;
        foreach (var portion in Portions(distinct.Select(message => Prepare(message, queues.Values.Where(queue => queue.IsRead && queue.Source?.Makes(message) != true)))))
        {
            await Commit(portion, null, stop);
        }
    }

    /// <summary>As large as the store takes at once, with one write more.</summary>
    static IEnumerable<List<Draft>> Portions(IEnumerable<Draft> drafts)
    {
        var portion = new List<Draft>();
        var (writes, bytes) = (1, 0L);
        foreach (var draft in drafts.Where(static draft => draft.Copies.Count > 0))
        {
            if (portion.Count > 0 && (writes + draft.Writes.Count > StoreLimits.BatchWrites || bytes + draft.Bytes > StoreLimits.BatchBytes))
            {
                yield return portion;
                portion = [];
                (writes, bytes) = (1, 0);
            }
            portion.Add(draft);
            (writes, bytes) = (writes + draft.Writes.Count, bytes + draft.Bytes);
        }
        if (portion.Count > 0)
        {
            yield return portion;
        }
    }

    /// <param name="isMade">By the queue's source: there is room for it, and none like it.</param>
    Draft Prepare(Message message, IEnumerable<BrokerQueue> to, bool isMade = false)
    {
        var (now, number) = (Now, Interlocked.Increment(ref last));
        var signed = message with { Properties = StoredMessage.Signed(Tenant, message.Properties) };
        var copies = new List<(Entry, StoredMessage)>();
        var writes = new List<Write>();
        foreach (var queue in to.Where(queue => queue.Receiver.Filter?.Accepts(signed) != false))
        {
            var stored = StoredMessage.Of(Tenant, signed, queue.Receiver, now);
            copies.Add((new(number, message.MessageId, message.SessionId ?? "", stored.DueAt, stored.ExpiresAt) { Queue = queue }, stored));
            writes.Add(Write.Create(MessageDocuments.MessageId(queue.Receiver.Name, number), Json.Bytes(stored)));
        }
        if (Declared.DuplicateDetection > TimeSpan.Zero && !isMade)
        {
            writes.Add(MessageDocuments.Once(message.MessageId, now + Declared.DuplicateDetection));
        }
        return new(message.MessageId, copies, writes, isMade);
    }

    async Task Commit(List<Draft> drafts, Write? with, CancellationToken stop)
    {
        Promise(drafts, 1);
        try
        {
            var left = new List<Draft>(drafts);
            while (left.Count > 0 || with is not null)
            {
                List<Write> writes = [.. left.SelectMany(static draft => draft.Writes)];
                if (with is { } last)
                {
                    writes.Add(last);
                }
                var result = await context.Store.Commit(partition, writes, stop);
                if (result.Committed)
                {
                    Enter(left);
                    return;
                }
                // Only the note that a message id is taken can be there already.
                var duplicate = result.Status == CommitStatus.Conflict ? left.FirstOrDefault(draft => draft.Writes.Any(write => write.Id == writes[result.Failed].Id)) : null;
                _ = left.Remove(duplicate ?? throw new InvalidOperationException($"the store does not take the messages: {result.Status}"));
            }
        }
        finally
        {
            Promise(drafts, -1);
        }
    }

    /// <summary>Takes room in the queues, or gives it back.</summary>
    void Promise(List<Draft> drafts, int sign)
    {
        lock (gate)
        {
            var wanted = drafts.Where(static draft => !draft.IsMade).SelectMany(static draft => draft.Copies).CountBy(static copy => copy.Entry.Queue).ToList();
            if (sign > 0 && wanted.Exists(one => !MakeRoom(one.Key, one.Value)))
            {
                throw new ReceiverFullException(context.Options.RetryAfter);
            }
            wanted.ForEach(one => one.Key.Promised += sign * one.Value);
        }
    }

    bool MakeRoom(BrokerQueue queue, int wanted)
    {
        var dead = queue.DeadLetters!;
        var over = queue.Count - queue.Doomed + dead.Count - dead.Doomed + queue.Promised + wanted - context.Options.PerReceiver;
        for (; over > 0 && queue.Receiver.DropsOldest && (queue.Oldest ?? dead.Oldest) is { } oldest; over--)
        {
            Doom(oldest, null);
        }
        return over <= 0;
    }

    void Enter(List<Draft> drafts)
    {
        Telemetry.MessagesSent.Add(drafts.Count, new KeyValuePair<string, object?>("entity", Declared.Name));
        lock (gate)
        {
            var now = Now;
            foreach (var (entry, _) in drafts.SelectMany(static draft => draft.Copies))
            {
                entry.Queue.Add(entry, now);
            }
            Arm();
        }
    }

    /// <summary>Its source may have more.</summary>
    public void Grow(IMessageSource source)
    {
        lock (gate)
        {
            queues[source.Subscription].Grow();
        }
    }

    /// <summary>Pages without a message after which the place in the source is stored.</summary>
    const int SkippedUnnoted = 100;

    /// <summary>Has an empty queue take what is next in its source, with where it then stands in the same batch.</summary>
    async Task Fill(BrokerQueue queue, IMessageSource source, CancellationToken stop)
    {
        await queue.Taking.WaitAsync(stop);
        try
        {
            lock (gate)
            {
                if (queue.HasMore)
                {
                    return;
                }
                // Dead letters that nobody looks at do not become ever more.
                _ = MakeRoom(queue, 0);
            }
            var page = await source.Next(Tenant, queue.Position.Cursor, stop);
            for (var skipped = 0; page is { Messages.Count: 0, More: true }; skipped++)
            {
                if (skipped % SkippedUnnoted == 0)
                {
                    await Move(queue, [], (page.Cursor, null));
                }
                page = await source.Next(Tenant, page.Cursor, stop);
            }
            // What of the page was stored before is not stored again.
            var stored = page.Messages.ToList().FindIndex(message => message.MessageId == queue.Position.After) + 1;
            foreach (var portion in Portions(page.Messages.Skip(stored).Select(message => Prepare(message, [queue], isMade: true))))
            {
                await Move(queue, portion, portion[^1].MessageId == page.Messages[^1].MessageId ? (page.Cursor, null) : (queue.Position.Cursor, portion[^1].MessageId));
            }
            queue.Position = (page.Cursor, null);
        }
        finally
        {
            queue.Taking.Release();
        }
    }

    /// <summary>Stores messages with where the queue then stands in its source, which nothing that was begun may part.</summary>
    async Task Move(BrokerQueue queue, List<Draft> made, (string Cursor, string? After) to)
    {
        await Commit(made, MessageDocuments.Reader(queue.Receiver.Name, new(to.Cursor, to.After)), CancellationToken.None);
        queue.Position = to;
    }
}
