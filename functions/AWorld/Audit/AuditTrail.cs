using System.Collections.Concurrent;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Audit;

/// <summary>
/// Writes the audit records: those of one account, workspace and day in one lane, several in one link of its chain. Who
/// changed something waits until its record is durable; other records are written within a second, off the request's path.
/// </summary>
public sealed class AuditTrail(IDocumentStore store, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditTrail> log) : BackgroundService
{
    const int Attempts = 8;

    /// <param name="Record">Null: only waits for those before it.</param>
    /// <param name="Done">Null: nobody waits.</param>
    sealed record Waiting(AuditRecord? Record, TaskCompletionSource? Done);

    sealed class Lane
    {
        public readonly List<Waiting> Items = [];
        public (long Seq, string Hash)? Last;
        public int Lost;
        public bool IsWriting, IsGone;
    }

    readonly ConcurrentDictionary<Partition, Lane> lanes = new();
    readonly Delegations delegations = new();
    int noted;

    /// <summary>Of something that changed: completes when the record is durable.</summary>
    public Task Record(Tenant tenant, AuditRecord record)
    {
        NoteAll(delegations.Close());
        return Enqueue(AuditChain.Of(tenant, DayOf(record)), new(record, Completion()));
    }

    /// <summary>Of something that changed nothing: written soon. When too many wait, the chain only says that it is missing.</summary>
    public void Note(Tenant tenant, AuditRecord record)
    {
        if (Interlocked.Increment(ref noted) > options.Value.Queued)
        {
            Interlocked.Decrement(ref noted);
            Add(AuditChain.Of(tenant, DayOf(record)), null);
            return;
        }
        Add(AuditChain.Of(tenant, DayOf(record)), new(record, null));
    }

    /// <summary>That a machine acts for a user is told by a record that is open already; false: it needs one.</summary>
    internal bool Joins(DelegationSource source, string userId) => delegations.Join(source, userId);

    /// <summary>Of a machine's beginning to act for a user; others may join it until it is written.</summary>
    internal void Note(DelegationSource source, AuditRecord record) => NoteAll(delegations.Open(source, record));

    void NoteAll(IReadOnlyList<(Tenant Tenant, AuditRecord Record)> records)
    {
        foreach (var (tenant, record) in records)
        {
            Note(tenant, record);
        }
    }

    /// <summary>Completes when what was recorded before it in this chain is durable.</summary>
    public Task Flush(Partition partition)
    {
        NoteAll(delegations.Close());
        return lanes.ContainsKey(partition) ? Enqueue(partition, new(null, Completion())) : Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.WriteWithin, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            NoteAll(delegations.Close());
            foreach (var (partition, lane) in lanes)
            {
                await Write(partition, lane);
            }
        }
    }

    /// <summary>After the last request a graceful stop writes what is left.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        NoteAll(delegations.Close());
        foreach (var partition in lanes.Keys)
        {
            try
            {
                await Flush(partition).WaitAsync(cancellationToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "Audit records of {Partition} were not written before the stop", partition);
            }
        }
    }

    Task Enqueue(Partition partition, Waiting waiting)
    {
        var lane = Add(partition, waiting);
        _ = Write(partition, lane);
        return waiting.Done!.Task;
    }

    /// <param name="waiting">Null: one that is lost.</param>
    Lane Add(Partition partition, Waiting? waiting)
    {
        while (true)
        {
            var lane = lanes.GetOrAdd(partition, static _ => new());
            lock (lane)
            {
                if (lane.IsGone)
                {
                    continue;
                }
                if (waiting is null)
                {
                    lane.Lost++;
                }
                else
                {
                    lane.Items.Add(waiting);
                }
                return lane;
            }
        }
    }

    /// <summary>Writes all that waits in a lane, unless somebody does. A lane that has nothing to write is let go.</summary>
    async Task Write(Partition partition, Lane lane)
    {
        lock (lane)
        {
            if (lane.IsWriting)
            {
                return;
            }
            lane.IsWriting = true;
            if (lane.Items.Count == 0 && lane.Lost == 0)
            {
                lane.IsGone = true;
                lanes.TryRemove(new(partition, lane));
                return;
            }
        }
        while (true)
        {
            List<Waiting> batch;
            int lost;
            lock (lane)
            {
                batch = [.. lane.Items.Take(options.Value.PerDocument)];
                lane.Items.RemoveRange(0, batch.Count);
                (lost, lane.Lost) = (lane.Lost, 0);
                if (batch.Count == 0 && lost == 0)
                {
                    lane.IsWriting = false;
                    return;
                }
            }
            if (await Append(partition, lane, [.. batch.Select(one => one.Record).OfType<AuditRecord>()], lost) is { } failure)
            {
                Return(lane, batch, lost, failure);
                return;
            }
            Interlocked.Add(ref noted, -batch.Count(one => one is { Record: not null, Done: null }));
            batch.ForEach(static one => one.Done?.TrySetResult());
        }
    }

    /// <summary>Null: it is durable.</summary>
    async Task<Exception?> Append(Partition partition, Lane lane, IReadOnlyList<AuditRecord> records, int lost)
    {
        if (records.Count == 0 && lost == 0)
        {
            return null;
        }
        try
        {
            var expiresAt = DateTimeOffset.ParseExact(partition.Key[^10..], "yyyy-MM-dd", null, System.Globalization.DateTimeStyles.AssumeUniversal).AddDays(1) + options.Value.Kept;
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                var link = AuditChain.Next(partition, lane.Last ?? await AuditChain.Last(store, partition, CancellationToken.None), records, lost);
                lane.Last = null;
                var commit = await store.Commit(partition, [Platform.Write.Create(AuditChain.Id(link.Seq), Json.Bytes(link), expiresAt)], CancellationToken.None);
                if (commit.Committed)
                {
                    lane.Last = (link.Seq, link.Hash);
                    return null;
                }
            }
            return new StoreBusyException(TimeSpan.FromSeconds(1));
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    /// <summary>Who waits is told; the others wait for the next turn.</summary>
    void Return(Lane lane, List<Waiting> batch, int lost, Exception failure)
    {
        log.LogWarning(failure, "Audit records could not be written");
        lock (lane)
        {
            lane.Items.InsertRange(0, batch.Where(one => one.Done is null));
            lane.Lost += lost;
            lane.IsWriting = false;
        }
        batch.ForEach(one => one.Done?.TrySetException(new AuditFailedException(failure)));
    }

    static TaskCompletionSource Completion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    static DateOnly DayOf(AuditRecord record) => DateOnly.FromDateTime(record.At.UtcDateTime);
}

/// <summary>What was done could not be recorded, so it is not acknowledged.</summary>
sealed class AuditFailedException(Exception inner) : Exception("an audit record could not be written", inner);
