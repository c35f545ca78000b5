using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>What senders and receivers do.</summary>
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

    /// <summary>Up to so many messages for one receiver to hold; waits until there is one, or the time is over.</summary>
    public async Task<IReadOnlyList<ReceivedMessage>> Receive(BrokerQueue queue, int max, TimeSpan wait, CancellationToken stop) =>
        queue.BySession ? throw new InvalidOperationException("it is received by session")
            : await Read(await WaitFor(queue, wait, now => queue.Take(null, max, now) is { Count: > 0 } taken ? taken : null, stop) ?? [], stop);

    /// <summary>The next session with messages; null: none came in time.</summary>
    public async Task<SessionHold?> AcceptSession(BrokerQueue queue, TimeSpan wait, CancellationToken stop) =>
        await WaitFor(queue, wait, queue.AcceptSession, stop) is { } line ? new(line, line.Holder) : null;

    /// <summary>Messages of a session; none when it has none now.</summary>
    /// <exception cref="MessageLockLostException">Another may have the session.</exception>
    public async Task<IReadOnlyList<ReceivedMessage>> Receive(SessionHold session, int max, CancellationToken stop)
    {
        List<Delivery> taken;
        lock (gate)
        {
            Happen(Now);
            taken = Holds(session) ? session.Line.Queue.Take(session.Line, max, Now) : throw new MessageLockLostException();
            Arm();
        }
        return await Read(taken, stop);
    }

    static bool Holds(SessionHold session) => session.Token != default && session.Line.Holder == session.Token;

    public void Release(SessionHold session)
    {
        lock (gate)
        {
            if (Holds(session))
            {
                foreach (var left in session.Line.Queue.EndSession(session.Line))
                {
                    GiveBack(left);
                }
            }
            Arm();
        }
    }

    async Task<T?> WaitFor<T>(BrokerQueue queue, TimeSpan wait, Func<DateTimeOffset, T?> take, CancellationToken stop) where T : class
    {
        using var over = new CancellationTokenSource(wait, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, over.Token);
        var source = queue.IsRead ? queue.Source : null;
        for (int? filled = null; ;)
        {
            LinkedListNode<TaskCompletionSource>? place = null;
            int grown;
            lock (gate)
            {
                var now = Now;
                Happen(now);
                var taken = take(now);
                Arm();
                var isFilled = source is null || queue.Grown == filled;
                if (taken is not null || (wait == TimeSpan.Zero && isFilled))
                {
                    return taken;
                }
                grown = queue.Grown;
                if (isFilled)
                {
                    place = queue.Wait();
                }
            }
            if (place is null)
            {
                await Fill(queue, source!, stop);
                filled = grown;
                continue;
            }
            try
            {
                await place.Value.Task.WaitAsync(source is null ? Timeout.InfiniteTimeSpan : LookForMore, context.Clock, either.Token);
            }
            catch (Exception left) when (left is OperationCanceledException or TimeoutException)
            {
                lock (gate)
                {
                    queue.StopWaiting(place);
                }
                stop.ThrowIfCancellationRequested();
                if (left is OperationCanceledException)
                {
                    return null;
                }
                filled = null;
            }
        }
    }

    /// <summary>Counts the delivery, durably, before anybody gets the message: one that takes the process down with it is not received for ever.</summary>
    async Task<IReadOnlyList<ReceivedMessage>> Read(List<Delivery> taken, CancellationToken stop)
    {
        var counted = 0;
        try
        {
            foreach (var some in taken.Chunk(StoreLimits.BatchWrites))
            {
                await context.Store.Commit(partition, [.. some.Select(static one => Write.Upsert(MessageDocuments.FateId(one.Entry.Queue.Receiver.Name, one.Entry.Number), Json.Bytes(new Fate(one.Number, one.Entry.DeadLetter))))], stop);
                counted += some.Length;
                Array.ForEach(some, static one => one.Entry.HasFate = true);
            }
            var received = new List<ReceivedMessage>(taken.Count);
            foreach (var (entry, number, lockToken, until) in taken)
            {
                var document = await context.Store.Read(partition, MessageDocuments.MessageId(entry.Queue.Receiver.Name, entry.Number), stop);
                var stored = Json.Read<StoredMessage>(document!.Body);
                received.Add(new(Tenant, stored.Message, entry.Number, stored.EnqueuedAt, number, lockToken, until) { DeadLetter = entry.DeadLetter });
            }
            return received;
        }
        catch
        {
            lock (gate)
            {
                foreach (var (at, one) in taken.Index().Where(static one => one.Item.Entry.Queue.Held(one.Item.LockToken) is not null))
                {
                    one.Entry.Deliveries -= at < counted ? 0 : 1;
                    GiveBack(one.Entry);
                }
                Arm();
            }
            throw;
        }
    }

    /// <returns>False when the lock is lost.</returns>
    public Task<bool> Complete(BrokerQueue queue, Guid lockToken, CancellationToken stop) => Leave(queue, lockToken, null, "completed", stop);

    /// <returns>False when the lock is lost.</returns>
    public Task<bool> DeadLetter(BrokerQueue queue, Guid lockToken, DeadLetterReason reason, CancellationToken stop) => queue.IsDeadLetter
        ? throw new InvalidOperationException("it is dead-lettered already")
        : Leave(queue, lockToken, new(Cut(reason.Reason), Cut(reason.Description)), "deadLettered", stop);

    static string Cut(string text) => text.Length <= MessageLimits.DeadLetterTextLength ? text : text[..MessageLimits.DeadLetterTextLength];

    async Task<bool> Leave(BrokerQueue queue, Guid lockToken, DeadLetterReason? reason, string outcome, CancellationToken stop)
    {
        Entry? entry;
        lock (gate)
        {
            Happen(Now);
            if ((entry = queue.Held(lockToken)) is null)
            {
                Arm();
                return false;
            }
            queue.Leave(entry);
        }
        try
        {
            await context.Store.Commit(partition, [.. End(entry, reason)], stop);
        }
        catch
        {
            lock (gate)
            {
                // As before; should the session have gone to another meanwhile, the message goes with it.
                queue.Hold(entry, entry.LockedUntil);
                if (queue.BySession)
                {
                    GiveBack(entry);
                }
                Arm();
            }
            throw;
        }
        lock (gate)
        {
            Ended(entry, reason);
            Arm();
        }
        Tell(outcome);
        return true;
    }

    /// <summary>Gives a message back to be received again at once.</summary>
    /// <returns>False when the lock is lost.</returns>
    public bool Abandon(BrokerQueue queue, Guid lockToken)
    {
        lock (gate)
        {
            Happen(Now);
            var entry = queue.Held(lockToken);
            if (entry is not null)
            {
                GiveBack(entry);
            }
            Arm();
            if (entry is null)
            {
                return false;
            }
        }
        Tell("abandoned");
        return true;
    }

    /// <returns>Until when; null: the lock is lost.</returns>
    public DateTimeOffset? Renew(BrokerQueue queue, Guid lockToken)
    {
        lock (gate)
        {
            var now = Now;
            Happen(now);
            var entry = queue.Held(lockToken);
            if (entry is not null)
            {
                queue.Renew(entry, now);
            }
            Arm();
            return entry?.LockedUntil;
        }
    }

    /// <summary>The content of a message that somebody holds.</summary>
    public Entry? Held(BrokerQueue queue, Guid lockToken)
    {
        lock (gate)
        {
            Happen(Now);
            Arm();
            return queue.Held(lockToken);
        }
    }
}
