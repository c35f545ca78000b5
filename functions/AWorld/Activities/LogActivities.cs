using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using Microsoft.Extensions.Options;

namespace AWorld.Activities;

/// <summary>Many actions in one call, each applied and answered on its own: in order per user, users side by side.</summary>
static class LogActivities
{
    const string Operation = "activityLogs/batch";

    internal sealed record Request(
        [property: Required, MinLength(1, ErrorMessage = "must hold 1 to 500 actions"), MaxLength(500, ErrorMessage = "must hold 1 to 500 actions")]
        IReadOnlyList<JsonElement>? Items);

    /// <summary>What one action caused; nothing when it had been applied before.</summary>
    sealed record Effects(int MissionsCompleted, IReadOnlyList<Credit> Credits, IReadOnlyList<string> Badges)
    {
        public static Effects Of(JournalEntry? entry) => entry is null ? new(0, [], []) : new(
            entry.MissionLogs.Count(log => log.Completed),
            [.. from transaction in entry.Transactions
                where transaction is { Direction: Direction.Credit, State: TransactionState.Completed }
                group transaction by transaction.VirtualCurrencyId into currency
                select new Credit(currency.Key, currency.Sum(transaction => transaction.Amount))],
            [.. entry.Badges.Select(badge => badge.BadgeConfigurationId)]);
    }

    sealed record Credit(string VirtualCurrencyId, decimal Amount);

    sealed record ItemError(string Code, string Message, IReadOnlyList<FieldError>? Details);

    /// <summary>What <see cref="Write"/> writes.</summary>
    sealed record Results(IReadOnlyList<ItemResult> Items);

    /// <param name="Status">What the action would have been answered alone.</param>
    sealed record ItemResult(int Status, ActivityLogView? ActivityLog, Effects? Effects, ItemError? Error);

    /// <summary>What <see cref="Request"/> holds, item by item.</summary>
    sealed record Batch([property: MinLength(1), MaxLength(500)] IReadOnlyList<LogActivity.Request> Items);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/dashboard/v1/activity-logs/batch", Handle)
        .Operation(Operation)
        .Requires(Permission.LogForUsers)
        .Reads(typeof(Batch))
        .Produces<Results>();

    static async Task<IResult> Handle(HttpContext http, Body<Request> body, Caller caller, Actions actions, IOptions<GameOptions> options, CancellationToken stop)
    {
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        var items = body.Value.Items!;
        var by = Actors.Of(caller, Operation);
        var results = new (Result<Answer> Answer, JournalEntry? Caused)[items.Count];
        var byUser = new Dictionary<string, List<(int Index, ActionInput Action)>>(StringComparer.Ordinal);
        for (var index = 0; index < items.Count; index++)
        {
            var item = Body<LogActivity.Request>.Parse(Bytes(items[index]));
            if (item.Error is { } invalid)
            {
                results[index] = (invalid, null);
                continue;
            }
            (byUser.TryGetValue(item.Value.UserId!, out var ofUser) ? ofUser : byUser[item.Value.UserId!] = []).Add((index, item.Value.Action()));
        }
        await Parallel.ForEachAsync(byUser, new ParallelOptions { MaxDegreeOfParallelism = options.Value.UsersOfBatchAtOnce, CancellationToken = stop }, async (user, stop) =>
        {
            Error? busy = null;
            foreach (var (index, action) in user.Value)
            {
                // After one that was not taken the user's later ones are not either, so that sending them again keeps their order.
                results[index] = busy is null ? await Take(index, user.Key, action, stop) : (busy, null);
                busy = results[index].Answer.Error is { Status: StatusCodes.Status503ServiceUnavailable } refused ? refused : null;
            }
        });
        return new Answer(200, Write(results));

        async ValueTask<(Result<Answer>, JournalEntry?)> Take(int index, string userId, ActionInput action, CancellationToken stop)
        {
            try
            {
                return await actions.TakeAndTell(caller.Tenant, userId, action, by, key.Value is { } sent ? sent with { RecordId = $"{sent.RecordId}:{index}" } : null, stop);
            }
            catch (StoreBusyException busy)
            {
                return (Error.Busy(busy.RetryAfter), null);
            }
        }
    }

    static ReadOnlyMemory<byte> Bytes(JsonElement item) => JsonMarshal.GetRawUtf8Value(item).ToArray();

    /// <summary>In the order of the items: the status each would have had alone, with its log and effects or its error.</summary>
    static ReadOnlyMemory<byte> Write((Result<Answer> Answer, JournalEntry? Caused)[] results)
    {
        var buffer = new ArrayBufferWriter<byte>(results.Length * 512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Json.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteStartArray("items"u8);
            foreach (var (result, caused) in results)
            {
                json.WriteStartObject();
                if (result.Error is { } error)
                {
                    json.WriteNumber("status"u8, error.Status);
                    json.WritePropertyName("error"u8);
                    JsonSerializer.Serialize(json, new ItemError(error.Code, error.Message, error.Details), Json.Options);
                }
                else
                {
                    json.WriteNumber("status"u8, result.Value.Status);
                    json.WritePropertyName("activityLog"u8);
                    json.WriteRawValue(result.Value.Json.Span, skipInputValidation: true);
                    json.WritePropertyName("effects"u8);
                    JsonSerializer.Serialize(json, Effects.Of(caused), Json.Options);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
