using System.Text.Json;
using AWorld.Integrations.Webhooks;
using AWorld.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Webhooks from an action to a server that is called.</summary>
public sealed class WebhookTests : WebhookWorld
{
    [Fact]
    public async Task An_event_arrives_signed_once_at_every_endpoint_that_wants_it_and_nowhere_else()
    {
        var wanting = await Endpoint();
        await Endpoint(new[] { "leaderboard.ended" }, "/unwanted");
        await Endpoint(path: "/sibling", workspace: platform.Sibling);
        await Walk("first");
        var call = await receiver.Next();
        var happened = JsonElement.Parse(call.Body);
        (call.Path, happened.Text("type"), happened.Text("data.activityLogId"), call.Headers["webhook-id"]).ShouldBe(("/events", "activity.logged", "first", happened.Text("id")));
        call.Headers["Content-Type"].ShouldStartWith("application/cloudevents+json");
        IsSignedWith(call, wanting.Text("secret")).ShouldBeTrue();
        await Walk("second");
        var second = await receiver.Next();
        JsonElement.Parse(second.Body).Text("data.activityLogId").ShouldBe("second");
        var log = await Delivered(wanting.Text("webhookEndpointId"), one => one.Text("state") == "SUCCEEDED");
        var shown = await platform.Dashboard().Get($"{Path}/{wanting.Text("webhookEndpointId")}/deliveries/{log.Text("deliveryId")}");
        (shown.Number("attempts[0].status"), shown.Text("attempts[0].url")).ShouldBe((204, receiver.Address + "/events"));
        shown.Text("body").ShouldBe(call.Headers["webhook-id"] == shown.Text("eventId") ? call.Body : second.Body);
        receiver.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_sent_is_verified_by_the_library_that_receivers_use()
    {
        var script = System.IO.Path.Combine(await Node.Install("standard-webhooks"), "verify.js");
        // The library compares the timestamp with the real time.
        platform.Clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        var first = await Endpoint();
        var id = first.Text("webhookEndpointId");
        var second = (await platform.Dashboard().Post($"{Path}/{id}/rotate-secret", new { overlapSeconds = 3600 })).Text("secret");
        await Walk();
        var call = await receiver.Next();
        var headers = call.Headers.Where(one => one.Key.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase)).ToDictionary(one => one.Key.ToLowerInvariant(), one => one.Value);
        string Line(string secret, string body) => JsonSerializer.Serialize(new { secret, body, headers });
        var answers = await Node.Run(script, [Line(first.Text("secret"), call.Body), Line(second, call.Body), Line(WebhookSignature.NewSecret(), call.Body), Line(second, call.Body + " ")]);
        answers.Take(2).ShouldBe([call.Headers["webhook-id"], call.Headers["webhook-id"]]);
        answers.Skip(2).ShouldAllBe(answer => answer.StartsWith("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rotated_secret_signs_beside_the_new_one_until_its_time_is_over()
    {
        var first = await Endpoint();
        var id = first.Text("webhookEndpointId");
        var rotated = await platform.Dashboard().Post($"{Path}/{id}/rotate-secret", new { overlapSeconds = 60 });
        rotated.Items("secrets").Count.ShouldBe(2);
        await Walk();
        var both = await receiver.Next();
        (IsSignedWith(both, first.Text("secret")), IsSignedWith(both, rotated.Text("secret"))).ShouldBe((true, true));
        platform.Clock.Advance(TimeSpan.FromSeconds(60));
        await Walk();
        var one = await receiver.Next();
        (IsSignedWith(one, first.Text("secret")), IsSignedWith(one, rotated.Text("secret"))).ShouldBe((false, true));
        var shown = await platform.Dashboard().Get($"{Path}/{id}");
        shown.Items("secrets").Count.ShouldBe(1);
        shown.Has("secret").ShouldBeFalse("it is shown once");
        foreach (var stored in (await platform.Service<IDocumentStore>().Changes(Container.Integrations, "", 1000, Stop)).Items)
        {
            System.Text.Encoding.UTF8.GetString(stored.Document.Body.Span).ShouldNotContain(rotated.Text("secret")[6..]);
        }
    }

    [Fact]
    public async Task A_test_delivery_answers_with_what_came_back_and_a_redirect_is_not_followed()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        receiver.Answer = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        var tried = await platform.Dashboard().Post($"{Path}/{id}/test");
        (tried.Text("state"), tried.Text("eventType"), tried.Number("attempts[0].status")).ShouldBe(("FAILED", "webhook.test", 302));
        (await receiver.Next()).Path.ShouldBe("/events");
        receiver.HasMore.ShouldBeFalse();
        receiver.AnswerWith(200);
        (await platform.Dashboard().Post($"{Path}/{id}/test")).Text("state").ShouldBe("SUCCEEDED");
    }

    [Fact]
    public async Task A_key_changes_and_removes_an_endpoint_once_and_is_good_for_no_other_request()
    {
        var one = $"{Path}/{(await Endpoint()).Text("webhookEndpointId")}";
        (string, string) Key(string key) => ("x-idempotency-key", key);
        var change = new { url = receiver.Address + "/changed", status = "DISABLED" };
        var changed = await platform.Dashboard().Put(one, change, Key("put"));
        await platform.Dashboard().Put(one, new { url = receiver.Address + "/later" });
        using (var again = await platform.Dashboard().Send(HttpMethod.Put, one, change, Key("put")))
        {
            ((await again.Body()).ToString(), again.Headers.GetValues("x-idempotency-cache-hit").Single()).ShouldBe((changed.ToString(), "true"));
        }
        (await platform.Dashboard().Get(one)).Text("url").ShouldBe(receiver.Address + "/later");
        await platform.Dashboard().Refused(409, HttpMethod.Delete, one, null, Key("put"));
        await platform.Dashboard().Delete(one, null, Key("delete"));
        using (var again = await platform.Dashboard().Send(HttpMethod.Delete, one, null, Key("delete")))
        {
            ((int)again.StatusCode, again.Headers.GetValues("x-idempotency-cache-hit").Single()).ShouldBe((204, "true"));
        }
        await platform.Dashboard().Refused(404, HttpMethod.Delete, one);
        await Walk();
        await Settled(waiting: 0);
        receiver.HasMore.ShouldBeFalse();
    }
}
