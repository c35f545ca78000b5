using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Tests;

/// <summary>The error object of the contract, as a client reads it.</summary>
public sealed record Refusal(int Status, string Code, string Message, string RequestId, string Path, IReadOnlyList<FieldError>? Details)
{
    [JsonIgnore] public IEnumerable<string> Fields => (Details ?? []).Select(detail => detail.Field);
}

/// <summary>What tests say over HTTP: send JSON, insist on the status, read JSON.</summary>
public static class HttpJson
{
    public static Task<JsonElement> Get(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.Accepted(HttpMethod.Get, path, null, headers);

    /// <param name="body">Anything that serialises, or a string that is JSON already.</param>
    public static Task<JsonElement> Post(this HttpClient client, string path, object? body = null, params (string Name, string Value)[] headers) =>
        client.Accepted(HttpMethod.Post, path, body, headers);

    public static Task<JsonElement> Put(this HttpClient client, string path, object? body = null, params (string Name, string Value)[] headers) =>
        client.Accepted(HttpMethod.Put, path, body, headers);

    public static Task<JsonElement> Patch(this HttpClient client, string path, object? body = null, params (string Name, string Value)[] headers) =>
        client.Accepted(HttpMethod.Patch, path, body, headers);

    public static Task<JsonElement> Delete(this HttpClient client, string path, object? body = null, params (string Name, string Value)[] headers) =>
        client.Accepted(HttpMethod.Delete, path, body, headers);

    /// <summary>Sends and insists that it is refused with this status.</summary>
    public static async Task<Refusal> Refused(this HttpClient client, int status, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await client.Send(method, path, body, headers);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, $"{method} {path} answered {text}");
        return JsonSerializer.Deserialize<Refusal>(text, Json.Options)!;
    }

    public static Task<HttpResponseMessage> Send(this HttpClient client, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = Content(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return client.SendAsync(request);
    }

    public static async Task<JsonElement> Body(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>The value at a path such as <c>items[0].name</c>; fails when there is none.</summary>
    public static JsonElement At(this JsonElement json, string path)
    {
        foreach (var step in path.Split('.', '['))
        {
            json = step.EndsWith(']') ? json[int.Parse(step.TrimEnd(']'))]
                : json.TryGetProperty(step, out var member) ? member
                : throw new ShouldAssertException($"there is no '{step}' (of {path}) in {json}");
        }
        return json;
    }

    public static string Text(this JsonElement json, string path) => json.At(path).GetString()!;
    public static decimal Number(this JsonElement json, string path) => json.At(path).GetDecimal();
    public static bool Flag(this JsonElement json, string path) => json.At(path).GetBoolean();
    public static IReadOnlyList<JsonElement> Items(this JsonElement json, string path = "items") => [.. json.At(path).EnumerateArray()];
    public static bool Has(this JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
    public static T Read<T>(this JsonElement json) => json.Deserialize<T>(Json.Options)!;

    static async Task<JsonElement> Accepted(this HttpClient client, HttpMethod method, string path, object? body, (string, string)[] headers)
    {
        using var response = await client.Send(method, path, body, headers);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path} answered {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    static HttpContent? Content(object? body) => body switch
    {
        null => null,
        HttpContent content => content,
        string json => new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        _ => JsonContent.Create(body, body.GetType(), options: Json.Options),
    };
}
