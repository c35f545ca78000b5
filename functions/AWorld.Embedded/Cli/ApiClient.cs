using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Embedded.Cli;

/// <summary>An answer that is not a success, as the API explains it.</summary>
sealed class ApiException(int status, string code, string message) : Exception($"{message} ({status} {code})")
{
    public int Status { get; } = status;
}

/// <summary>A machine client of the HTTP API: gets its token, gets a new one in time, waits when told to.</summary>
sealed class ApiClient(HttpClient http, string clientId, string clientSecret) : IDisposable
{
    const int Attempts = 10;
    static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    readonly SemaphoreSlim renewing = new(1);
    string? token;

    public Task<JsonElement> Get(string path, CancellationToken stop, string? userId = null) => Send(HttpMethod.Get, path, null, stop, userId);

    public Task<JsonElement> Post(string path, object? body, CancellationToken stop, string? userId = null, string? idempotencyKey = null) =>
        Send(HttpMethod.Post, path, body, stop, userId, idempotencyKey);

    public Task<JsonElement> Put(string path, object? body, CancellationToken stop) => Send(HttpMethod.Put, path, body, stop);

    async Task<JsonElement> Send(HttpMethod method, string path, object? body, CancellationToken stop, string? userId = null, string? idempotencyKey = null)
    {
        var content = body is null ? null : Json.Bytes(body);
        for (var attempt = 1; ; attempt++)
        {
            var bearer = token ?? await Renew(null, stop);
            using var request = Request(method, path, content, userId, idempotencyKey);
            request.Headers.Authorization = new("Bearer", bearer);
            using var response = await http.SendAsync(request, stop);
            if (response.IsSuccessStatusCode)
            {
                var answer = await response.Content.ReadAsByteArrayAsync(stop);
                return answer.Length == 0 ? default : JsonElement.Parse(answer);
            }
            if (attempt < Attempts && response.StatusCode == HttpStatusCode.Unauthorized && attempt == 1)
            {
                await Renew(bearer, stop);
            }
            else if (attempt < Attempts && response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                var wait = response.Headers.RetryAfter?.Delta ?? DefaultWait;
                await Task.Delay(wait < LongestWait ? wait : LongestWait, stop);
            }
            else
            {
                throw await Refusal(response, stop);
            }
        }
    }

    static HttpRequestMessage Request(HttpMethod method, string path, byte[]? content, string? userId, string? idempotencyKey)
    {
        var request = new HttpRequestMessage(method, path);
        if (content is not null)
        {
            request.Content = new ByteArrayContent(content) { Headers = { ContentType = new("application/json") } };
        }
        if (userId is not null)
        {
            request.Headers.Add("x-user-id", userId);
        }
        if (idempotencyKey is not null)
        {
            request.Headers.Add(Idempotency.Header, idempotencyKey);
        }
        return request;
    }

    /// <param name="refused">The token that did not work; when another request has replaced it already, that one is used.</param>
    async Task<string> Renew(string? refused, CancellationToken stop)
    {
        await renewing.WaitAsync(stop);
        try
        {
            return token is { } current && current != refused ? current : token = await GetToken(stop);
        }
        finally
        {
            renewing.Release();
        }
    }

    async Task<string> GetToken(CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{clientSecret}")));
        using var response = await http.SendAsync(request, stop);
        if (!response.IsSuccessStatusCode)
        {
            throw await Refusal(response, stop);
        }
        return (await response.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("access_token").GetString()!;
    }

    static async Task<ApiException> Refusal(HttpResponseMessage response, CancellationToken stop)
    {
        var text = await response.Content.ReadAsStringAsync(stop);
        try
        {
            var problem = JsonElement.Parse(text);
            var details = problem.TryGetProperty("details", out var fields) ? string.Concat(fields.EnumerateArray().Select(field => $"; {Of(field, "field")}: {Of(field, "message")}")) : "";
            return new((int)response.StatusCode, Of(problem, "code") ?? Of(problem, "error") ?? "",
                $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {Of(problem, "message") ?? Of(problem, "error_description") ?? text}{details}");
        }
        catch (JsonException)
        {
            return new((int)response.StatusCode, "", text);
        }

        static string? Of(JsonElement problem, string name) =>
            problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    public void Dispose()
    {
        renewing.Dispose();
        http.Dispose();
    }
}
