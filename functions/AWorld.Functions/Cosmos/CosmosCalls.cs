using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using AWorld.Platform;
using Microsoft.Azure.Cosmos;
using Container = AWorld.Platform.Container;

namespace AWorld.Functions.Cosmos;

/// <summary>What a call came to: it was answered, the account must wait, or nobody knows what became of it.</summary>
enum Outcome { Answered, Busy, Lost }

/// <summary>Every request to Cosmos DB goes through here: its price is noted, and what can be tried again is.</summary>
sealed class CosmosCalls(CosmosOptions options, TimeProvider clock)
{
    /// <summary>Request units by <c>account</c>, <c>container</c> and <c>operation</c>.</summary>
    static readonly Counter<double> RequestUnits = Telemetry.Meter.CreateCounter<double>("aworld.store.request_units", "{RU}", "Request units charged by Cosmos DB");

    static readonly Counter<long> Throttles = Telemetry.Meter.CreateCounter<long>("aworld.store.throttled", "{call}", "Calls refused for want of request units, by Cosmos DB or the account's budget");

    /// <summary>Of a 404 that says that a replica lags, not that the item is absent.</summary>
    const string ReadSessionNotAvailable = "1002";

    readonly RequestBudget budget = new(options.AccountRequestUnits, clock);

    /// <summary>Sends a request that changes nothing until it is answered.</summary>
    public async Task<ResponseMessage> Read(string accountId, Container container, string operation, Func<Task<ResponseMessage>> send, CancellationToken stop)
    {
        Admit(accountId);
        using var trace = Telemetry.Source.StartActivity($"cosmos {operation}", ActivityKind.Client);
        for (var attempt = 1; ; attempt++)
        {
            var isLast = attempt == options.Attempts;
            try
            {
                var response = await send();
                Charge(accountId, container, operation, response.StatusCode, response.Headers.RequestCharge);
                switch (Judge(response.StatusCode, response.Headers))
                {
                    case Outcome.Answered:
                        return response;
                    case Outcome.Busy:
                        throw Busy(response.Headers.RetryAfter());
                    case Outcome.Lost when isLast:
                        // Throws what the SDK makes of it.
                        return response.EnsureSuccessStatusCode();
                    default:
                        response.Dispose();
                        break;
                }
            }
            catch (Exception failure) when (!isLast && IsLost(failure, stop))
            {
                trace?.AddException(failure);
            }
            await Pause(attempt, stop);
        }
    }

    /// <summary>Throws when the account must wait.</summary>
    public void Admit(string accountId)
    {
        if (budget.Wait(accountId) is var wait && wait > TimeSpan.Zero)
        {
            Throttles.Add(1, new KeyValuePair<string, object?>("account", accountId));
            throw Busy(wait);
        }
    }

    public void Charge(string accountId, Container container, string operation, HttpStatusCode status, double units)
    {
        budget.Charge(accountId, units);
        Note(accountId, container, operation, status, units);
    }

    /// <summary>Of a request that no budget pays for.</summary>
    public static void Note(string accountId, Container container, string operation, HttpStatusCode status, double units)
    {
        if (status == HttpStatusCode.TooManyRequests)
        {
            Throttles.Add(1, new KeyValuePair<string, object?>("account", accountId));
        }
        RequestUnits.Add(units, new("account", accountId), new("container", container.ToString()), new("operation", operation));
        if (Activity.Current is { } trace)
        {
            trace.SetTag("db.system.name", "azure.cosmosdb").SetTag("db.response.status_code", (int)status);
            const string tag = "azure.cosmosdb.operation.request_charge";
            trace.SetTag(tag, units + (trace.GetTagItem(tag) as double? ?? 0));
        }
    }

    public static StoreBusyException Busy(TimeSpan retryAfter) => new(retryAfter > TimeSpan.FromSeconds(1) ? retryAfter : TimeSpan.FromSeconds(1));

    public Task Pause(int attempt, CancellationToken stop) => options.RetryAfter == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(options.RetryAfter * attempt, clock, stop);

    public static Outcome Judge(HttpStatusCode status, Headers headers) => (int)status switch
    {
        429 or 449 => Outcome.Busy,
        404 when headers["x-ms-substatus"] == ReadSessionNotAvailable => Outcome.Lost,
        408 or 410 or >= 500 => Outcome.Lost,
        _ => Outcome.Answered,
    };

    /// <summary>Whether the connection or the SDK gave up, and not the caller.</summary>
    public static bool IsLost(Exception failure, CancellationToken stop) => failure switch
    {
        CosmosException refused => Judge(refused.StatusCode, refused.Headers) == Outcome.Lost,
        OperationCanceledException => !stop.IsCancellationRequested,
        HttpRequestException or IOException => true,
        _ => false,
    };
}

static class ResponseHeaders
{
    public static TimeSpan RetryAfter(this Headers headers) =>
        double.TryParse(headers["x-ms-retry-after-ms"], System.Globalization.CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.Zero;
}
