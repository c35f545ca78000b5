using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AWorld.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task An_unknown_path_is_a_problem_that_says_so()
    {
        await using var platform = await TestPlatform.Start();
        var refusal = await platform.App("alice").Refused(404, HttpMethod.Get, "/app/v1/nothing");
        refusal.Code.ShouldBe("resource/not_found");
        refusal.Path.ShouldBe("/app/v1/nothing");
    }

    [Fact]
    public async Task It_is_live_and_ready()
    {
        await using var platform = await TestPlatform.Start(settings: ("AWorld:Platform:SourceRegion", "us-east-2"));
        (await platform.Anonymous().Get("/health/live")).Text("status").ShouldBe("healthy");
        var ready = await platform.Anonymous().Get("/health/ready");
        ready.Text("status").ShouldBe("healthy");
        ready.Text("checks.store.status").ShouldBe("healthy");
        ready.Text("region").ShouldBe("us-east-2");
    }

    [Fact]
    public async Task A_client_over_its_rate_is_told_to_wait()
    {
        await using var platform = await TestPlatform.Start(
            map: routes => routes.MapGet("/test/own", () => Results.NoContent()).Requires(Permission.ReadOwn),
            settings: ("AWorld:RateLimits:ClientPerSecond", "1"));
        var alice = platform.App("alice");
        var refused = await alice.Send(HttpMethod.Get, "/test/own");
        for (var request = 0; request < 100 && refused.IsSuccessStatusCode; request++)
        {
            refused = await alice.Send(HttpMethod.Get, "/test/own");
        }
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        (await refused.Body()).Text("code").ShouldBe("rate_limit/exceeded");
        (await platform.App("bob").Get("/test/own")).ValueKind.ShouldBe(JsonValueKind.Undefined);
    }

    [Fact]
    public async Task When_there_is_no_room_left_the_answer_says_so_and_when_to_try_again()
    {
        await using var platform = await TestPlatform.Start(
            map: routes => routes.MapPost("/test/full", static IResult () => throw new StorageFullException(new IOException("No space left on device"))).Requires(Permission.ReadOwn));
        using var refused = await platform.App("alice").Send(HttpMethod.Post, "/test/full");
        ((int)refused.StatusCode, refused.Headers.RetryAfter!.Delta).ShouldBe((503, TimeSpan.FromSeconds(30)));
        var problem = await refused.Body();
        (problem.Text("code"), problem.Text("message")).ShouldBe(("server/database_error", "there is no room left where data is kept, and nothing was changed; try again after Retry-After seconds"));
    }

    [Fact]
    public async Task When_messages_cannot_be_sent_the_answer_does_not_speak_of_the_database()
    {
        await using var platform = await TestPlatform.Start(
            map: routes => routes.MapPost("/test/lost", static IResult () => throw new MessagesUnavailableException(TimeSpan.FromSeconds(5), new IOException("no route to host"))).Requires(Permission.ReadOwn));
        using var refused = await platform.App("alice").Send(HttpMethod.Post, "/test/lost");
        ((int)refused.StatusCode, refused.Headers.RetryAfter!.Delta).ShouldBe((503, TimeSpan.FromSeconds(5)));
        var problem = await refused.Body();
        (problem.Text("code"), problem.Text("title"), problem.Text("message")).ShouldBe(("server/external_service_error", "External service error", "messages cannot be sent now; send the request again after Retry-After seconds"));
    }

    [Fact]
    public void What_may_be_null_may_be_missing_in_JSON_and_what_may_not_may_not()
    {
        JsonSerializer.Deserialize<Sample>("""{"name":"a"}""", Json.Options).ShouldBe(new Sample("a", null, null));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Sample>("""{"count":1}""", Json.Options));
    }

    sealed record Sample(string Name, int? Count, string? Note);
}
