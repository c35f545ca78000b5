using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>What receivers do.</summary>
sealed partial class BrokerEntity
{
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

    /// <summary>Gives a message back to be received again.</summary>
    /// <param name="after">Until then it stays locked, and its session with it.</param>
    /// <returns>False when the lock is lost.</returns>
    public bool Abandon(BrokerQueue queue, Guid lockToken, TimeSpan after = default)
    {
        lock (gate)
        {
            var now = Now;
            Happen(now);
            var entry = queue.Held(lockToken);
            if (entry is not null && after > TimeSpan.Zero && !IsUsedUp(entry))
            {
                queue.Renew(entry, now + after);
            }
            else if (entry is not null)
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
                queue.Renew(entry, now + queue.Receiver.LockDuration);
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
