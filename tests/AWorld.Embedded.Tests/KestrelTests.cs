using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AWorld.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AWorld.Embedded.Tests;

/// <summary>What only a real socket shows.</summary>
public sealed class KestrelTests : IAsyncLifetime
{
    const string Page = "https://app.example.com";

    readonly string data = Directory.CreateTempSubdirectory("aworld-").FullName;
    readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim arrived = new(0);
    WebApplication host = null!;
    Uri address = null!;

    public async ValueTask InitializeAsync()
    {
        host = EmbeddedHost.Build(new() { Data = data, Port = 0 }, builder => builder.Configuration.AddInMemoryCollection(
            [new("AWorld:Browsers:Origins:0", Page)]));
        host.MapGet("/test/slow", async () =>
        {
            arrived.Release();
            await release.Task;
            return Results.Text("done");
        }).Public();
        await host.StartAsync();
        address = new(host.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Sends everything before it reads anything, as many clients do.</summary>
    async Task<string> Exchange(string head, long bodyBytes = 0)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        var chunk = new byte[64 * 1024];
        Array.Fill(chunk, (byte)' ');
        for (var sent = 0L; sent < bodyBytes; sent += chunk.Length)
        {
            await stream.WriteAsync(chunk);
        }
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task A_body_over_the_limit_is_answered_whole_and_the_connection_closed()
    {
        const long Bytes = 8 * 1024 * 1024;
        var answer = await Exchange($"POST /auth/v1/email-otp/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Bytes}\r\n\r\n", Bytes);
        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain("Connection: close");
        answer.ShouldContain("\"code\":\"validation/invalid_input\"");
    }

    [Fact]
    public async Task A_null_character_in_a_path_is_a_400()
    {
        (await Exchange("GET /dashboard/v1/users/a%00b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 400 ");
        (await Exchange("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task A_HEAD_has_the_headers_of_the_GET_and_no_content()
    {
        var answer = await Exchange("HEAD /docs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 200 ");
        answer.ShouldContain("Content-Type: text/html");
        answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_pages_of_the_configured_origins_may_call()
    {
        using var client = new HttpClient { BaseAddress = address };
        foreach (var (origin, allowed) in new[] { (Page, true), ("https://evil.example.com", false) })
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, "/app/v1/missions");
            preflight.Headers.Add("Origin", origin);
            preflight.Headers.Add("Access-Control-Request-Method", "GET");
            preflight.Headers.Add("Access-Control-Request-Headers", "authorization,x-idempotency-key");
            using var answer = await client.SendAsync(preflight);
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(allowed, origin);
            using var call = new HttpRequestMessage(HttpMethod.Get, "/app/v1/missions");
            call.Headers.Add("Origin", origin);
            using var refused = await client.SendAsync(call);
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            refused.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(allowed, origin);
        }
    }

    [Fact]
    public async Task Requests_in_flight_are_answered_before_it_stops()
    {
        using var client = new HttpClient { BaseAddress = address };
        var answers = Enumerable.Range(0, 8).Select(_ => client.GetStringAsync("/test/slow")).ToArray();
        for (var request = 0; request < answers.Length; request++)
        {
            await arrived.WaitAsync();
        }
        var stopping = host.StopAsync();
        stopping.IsCompleted.ShouldBeFalse();
        release.SetResult();
        (await Task.WhenAll(answers)).ShouldAllBe(answer => answer == "done");
        await stopping;
    }

    [Fact]
    public void A_log_line_can_be_one_JSON_object()
    {
        var formatter = host.Services.GetServices<ConsoleFormatter>().Single(one => one.Name == ConsoleFormatterNames.Json);
        using var text = new StringWriter();
        formatter.Write(new LogEntry<string>(LogLevel.Warning, "AWorld.Game", new EventId(1), "two\nlines", null, (state, _) => state), null, text);
        var line = text.ToString().TrimEnd('\n');
        line.ShouldNotContain("\n");
        var logged = JsonElement.Parse(line);
        logged.GetProperty("Message").GetString().ShouldBe("two\nlines");
        logged.GetProperty("Timestamp").GetString()!.ShouldEndWith("Z");
    }
}
