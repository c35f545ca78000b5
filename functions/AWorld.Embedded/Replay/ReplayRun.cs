using System.Collections.Concurrent;
using System.Text.Json;
using AWorld.Embedded.Cli;

namespace AWorld.Embedded.Replay;

/// <param name="BatchSize">Actions a request, at most 500.</param>
/// <param name="Lanes">Requests under way at once. A user's actions share a lane, so they keep their order.</param>
/// <param name="Target">What the file is sent to; a cursor of another target is not used.</param>
sealed record ReplaySettings(string File, string Target, int BatchSize, int Lanes, bool SkipInvalid);

/// <summary>What a replay has done so far.</summary>
sealed class ReplayTally
{
    readonly ConcurrentDictionary<string, decimal> paid = new();
    long sent;
    long skipped;
    long missionsCompleted;

    public long Sent => sent;
    public long Skipped => skipped;
    public long MissionsCompleted => missionsCompleted;
    public IReadOnlyDictionary<string, decimal> PaidByCurrency => paid;

    public void Skip() => Interlocked.Increment(ref skipped);

    /// <param name="result">The answer to one action.</param>
    public void Add(JsonElement result)
    {
        Interlocked.Increment(ref sent);
        if (!result.TryGetProperty("effects", out var effects))
        {
            return;
        }
        Interlocked.Add(ref missionsCompleted, effects.GetProperty("missionsCompleted").GetInt64());
        foreach (var credit in effects.GetProperty("credits").EnumerateArray())
        {
            var amount = credit.GetProperty("amount").GetDecimal();
            paid.AddOrUpdate(credit.GetProperty("virtualCurrencyId").GetString()!, amount, (_, before) => before + amount);
        }
    }
}

/// <summary>Sends a file of events to the API, window by window; after each window the cursor moves past it.</summary>
sealed class ReplayRun(ApiClient api, ReplaySettings settings, Action<string> complain)
{
    const int NotFound = 404;
    const int Busy = 503;
    const int Attempts = 10;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    sealed record Numbered(long Line, ReplayEvent Event);

    readonly ConcurrentDictionary<string, string?> users = new();

    public ReplayTally Tally { get; } = new();

    /// <summary>Any user that acted, to look at the boards with.</summary>
    public string? SomeUser => users.Values.FirstOrDefault(userId => userId is not null);

    /// <param name="advanced">Told the characters read so far.</param>
    public async Task Run(Action<long> advanced, CancellationToken stop)
    {
        var done = await ReplayCursor.Read(settings.File, settings.Target, stop);
        using var lines = new StreamReader(settings.File);
        var (line, characters) = (0L, 0L);
        var window = new List<Numbered>();
        while (true)
        {
            var text = await lines.ReadLineAsync(stop);
            if (text is not null)
            {
                line++;
                characters += text.Length + 1;
                if (line > done && text.Length > 0)
                {
                    await Take(window, line, text, stop);
                }
            }
            if (window.Count >= settings.BatchSize * settings.Lanes || text is null)
            {
                await Send(window, stop);
                window.Clear();
                await new ReplayCursor(settings.Target, Math.Max(line, done)).Write(settings.File);
                advanced(characters);
            }
            if (text is null)
            {
                return;
            }
        }
    }

    async Task Take(List<Numbered> window, long line, string text, CancellationToken stop)
    {
        var parsed = ReplayEvent.Parse(text);
        if (parsed.Error is { } wrong)
        {
            await Send(window, stop);
            window.Clear();
            await new ReplayCursor(settings.Target, line - 1).Write(settings.File);
            Refuse(line, wrong.Message);
            return;
        }
        window.Add(new(line, parsed.Value));
    }

    /// <summary>Reports a line that cannot be used and goes on, if that is allowed.</summary>
    void Refuse(long line, string why)
    {
        var problem = $"{settings.File}:{line}: {why}";
        if (!settings.SkipInvalid)
        {
            throw new CommandException($"{problem}\nCorrect the line and start again (what is done is not repeated), or pass --skip-invalid.");
        }
        complain(problem);
        Tally.Skip();
    }

    Task Send(List<Numbered> window, CancellationToken stop) =>
        Task.WhenAll(window.GroupBy(one => (uint)StringComparer.Ordinal.GetHashCode(one.Event.ExternalId) % settings.Lanes).Select(lane => SendLane(lane, stop)));

    async Task SendLane(IEnumerable<Numbered> lane, CancellationToken stop)
    {
        foreach (var batch in lane.Chunk(settings.BatchSize))
        {
            var actions = new List<(long Line, object Action)>(batch.Length);
            foreach (var (line, action) in batch)
            {
                if (await UserOf(action.ExternalId, stop) is { } userId)
                {
                    actions.Add((line, new { userId, action.ActivityLogId, action.ActivityId, action.Outcome, action.Value, action.Tags, action.AdditionalData, action.CompletedAt }));
                }
                else
                {
                    Refuse(line, $"there is no user with the externalId {action.ExternalId}");
                }
            }
            if (actions.Count > 0)
            {
                await SendBatch(actions, stop);
            }
        }
    }

    /// <summary>Sends a batch; actions that the platform was too busy for are sent again, after all before them.</summary>
    async Task SendBatch(List<(long Line, object Action)> actions, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await api.Post("/dashboard/v1/activity-logs/batch", new { items = actions.Select(action => action.Action) }, stop);
            var busy = new List<(long, object)>();
            foreach (var (result, action) in answer.GetProperty("items").EnumerateArray().Zip(actions))
            {
                if (!result.TryGetProperty("error", out var error))
                {
                    Tally.Add(result);
                }
                else if (result.GetProperty("status").GetInt32() == Busy && attempt < Attempts)
                {
                    busy.Add(action);
                }
                else
                {
                    Refuse(action.Line, error.GetProperty("message").GetString()!);
                }
            }
            if (busy.Count == 0)
            {
                return;
            }
            actions = busy;
            await Task.Delay(Pause, stop);
        }
    }

    async ValueTask<string?> UserOf(string externalId, CancellationToken stop)
    {
        if (users.TryGetValue(externalId, out var known))
        {
            return known;
        }
        try
        {
            var user = await api.Get($"/dashboard/v1/users/by-external-id/{Uri.EscapeDataString(externalId)}", stop);
            return users[externalId] = user.GetProperty("userId").GetString();
        }
        catch (ApiException refusal) when (refusal.Status == NotFound)
        {
            return users[externalId] = null;
        }
    }
}
