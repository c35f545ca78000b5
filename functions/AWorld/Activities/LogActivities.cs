using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Activities;

/// <summary>Many actions in one call, each applied and answered on its own: in order per user, users side by side.</summary>
static class LogActivities
{
    const string Operation = "activityLogs/batch";

    internal sealed record Request(
        [property: Required, MinLength(1, ErrorMessage = "must hold 1 to 500 actions"), MaxLength(500, ErrorMessage = "must hold 1 to 500 actions")]
        IReadOnlyList<JsonElement>? Items);

    sealed record ItemError(string Code, string Message, IReadOnlyList<FieldError>? Details);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/dashboard/v1/activity-logs/batch", Handle)
        .Operation(Operation)
        .Requires(Permission.LogForUsers);

    static async Task<IResult> Handle(HttpContext http, Body<Request> body, Caller caller, Actions actions, IOptions<GameOptions> options, CancellationToken stop)
    {
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        var items = body.Value.Items!;
        var by = Actors.Of(caller, Operation);
        var results = new Result<Answer>[items.Count];
        var byUser = new Dictionary<string, List<(int Index, ActionInput Action)>>(StringComparer.Ordinal);
        for (var index = 0; index < items.Count; index++)
        {
            var item = Body<LogActivity.Request>.Parse(Bytes(items[index]));
            if (item.Error is { } invalid)
            {
                results[index] = invalid;
                continue;
            }
            (byUser.TryGetValue(item.Value.UserId!, out var ofUser) ? ofUser : byUser[item.Value.UserId!] = []).Add((index, item.Value.Action()));
        }
        await Parallel.ForEachAsync(byUser, new ParallelOptions { MaxDegreeOfParallelism = options.Value.UsersOfBatchAtOnce, CancellationToken = stop }, async (user, stop) =>
        {
            foreach (var (index, action) in user.Value)
            {
                results[index] = await Take(index, user.Key, action, stop);
            }
        });
        return new Answer(200, Write(results));

        async ValueTask<Result<Answer>> Take(int index, string userId, ActionInput action, CancellationToken stop)
        {
            try
            {
                return await actions.Take(caller.Tenant, userId, action, by, key.Value is { } sent ? sent with { RecordId = $"{sent.RecordId}:{index}" } : null, stop);
            }
            catch (StoreBusyException busy)
            {
                return Error.Busy(busy.RetryAfter);
            }
        }
    }

    static ReadOnlyMemory<byte> Bytes(JsonElement item) => JsonMarshal.GetRawUtf8Value(item).ToArray();

    /// <summary>In the order of the items: the status each would have had alone, with its log or its error.</summary>
    static ReadOnlyMemory<byte> Write(Result<Answer>[] results)
    {
        var buffer = new ArrayBufferWriter<byte>(results.Length * 512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Json.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteStartArray("items"u8);
            foreach (var result in results)
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
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
