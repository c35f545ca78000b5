using System.Text.Json;
using AWorld.Integrations.Webhooks;
using AWorld.Platform;

namespace AWorld.Tests.Integrations;

/// <summary>Webhooks to a server that fails, or is asked again.</summary>
public sealed class WebhookRetryTests : WebhookWorld
{
    [Fact]
    public async Task What_fails_is_tried_again_with_growing_delays_until_it_succeeds()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        receiver.AnswerWith(500);
        await Walk();
        var first = await receiver.Next();
        for (var failed = 1; failed <= 3; failed++)
        {
            var waiting = await Delivered(id, Attempted(failed));
            (waiting.Text("state"), waiting.Text("nextAttemptAt")).ShouldBe(("PENDING", Instants.Text(platform.Clock.GetUtcNow() + WebhookDeliveries.Delays[failed - 1])));
            await Settled(waiting: 1);
            receiver.HasMore.ShouldBeFalse();
            if (failed == 3)
            {
                receiver.AnswerWith(200);
            }
            platform.Clock.Advance(WebhookDeliveries.Delays[failed - 1]);
            (await receiver.Next()).Headers["webhook-id"].ShouldBe(first.Headers["webhook-id"]);
        }
        var done = await Delivered(id, one => one.Text("state") == "SUCCEEDED");
        done.Items("attempts").Select(one => one.Number("status")).ShouldBe([500, 500, 500, 200]);
        WebhookDeliveries.Delays.Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay).TotalHours.ShouldBe(72, 0.1);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_is_disabled_with_a_notice_and_can_be_enabled_and_sent_what_it_missed()
    {
        var id = (await Endpoint(mail: "ops@example.org")).Text("webhookEndpointId");
        receiver.AnswerWith(503);
        await Walk("missed");
        await receiver.Next();
        for (var failed = 1; failed <= WebhookDeliveries.Delays.Count; failed++)
        {
            await Delivered(id, Attempted(failed));
            await Settled(waiting: 1);
            platform.Clock.Advance(WebhookDeliveries.Delays[failed - 1]);
            await receiver.Next();
        }
        await Delivered(id, one => one.Text("state") == "FAILED");
        await Settled(waiting: 0);
        var shown = await platform.Dashboard().Get($"{Path}/{id}");
        shown.Text("status").ShouldBe("DISABLED");
        shown.Text("reason").ShouldContain("503");
        var mail = Directory.EnumerateFiles(platform.Data, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".eml", StringComparison.Ordinal)).Select(File.ReadAllText).ToList();
        mail.ShouldContain(text => text.Contains("<ops@example.org>", StringComparison.Ordinal));
        (await platform.Service<IDocumentStore>().Query(Partition.EventsAbout(platform.Tenant, id), new(), Stop)).Items.ShouldHaveSingleItem();
        await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Path}/{id}/resend", new { since = Start0 });

        receiver.AnswerWith(200);
        await platform.Dashboard().Put($"{Path}/{id}", new { url = receiver.Address + "/again", eventTypes = new[] { "activity.logged" } });
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await platform.Dashboard().Post($"{Path}/{id}/resend", new { since = Start0, onlyFailed = true });
        var resent = await receiver.Next();
        // A try whose lock the jumping clock ended is made again: deliveries are at least once.
        while (resent.Path == "/events")
        {
            resent = await receiver.Next();
        }
        (resent.Path, JsonElement.Parse(resent.Body).Text("data.activityLogId")).ShouldBe(("/again", "missed"));
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_at_once()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        receiver.AnswerWith(410);
        await Walk();
        await receiver.Next();
        (await Delivered(id, Attempted(1))).Text("state").ShouldBe("FAILED");
        (await platform.Dashboard().Get($"{Path}/{id}")).Text("reason").ShouldContain("410");
        await Walk();
        receiver.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task A_delivery_is_sent_again_when_it_is_asked_for_and_the_answer_is_read_only_so_far()
    {
        receiver.Answer = async http =>
        {
            var much = new byte[1024 * 1024];
            Array.Fill(much, (byte)'x');
            await http.Response.Body.WriteAsync(much);
        };
        var id = (await Endpoint()).Text("webhookEndpointId");
        await Walk();
        var first = await receiver.Next();
        var delivery = await Delivered(id, one => one.Text("state") == "SUCCEEDED");
        delivery.Text("attempts[0].response").Length.ShouldBe(4096);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        var again = await platform.Dashboard().Post($"{Path}/{id}/deliveries/{delivery.Text("deliveryId")}/resend");
        again.Text("resendOf").ShouldBe(delivery.Text("deliveryId"));
        var second = await receiver.Next();
        (second.Headers["webhook-id"], second.Body).ShouldBe((first.Headers["webhook-id"], first.Body));
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_in_time_is_tried_later()
    {
        var (data, clock) = (platform.Data, platform.Clock);
        await platform.Stop();
        await Start(data, clock, [.. Local[..2], ("AWorld:Webhooks:Timeout", "00:00:00.300")]);
        var released = new TaskCompletionSource();
        receiver.Answer = _ => released.Task;
        var id = (await Endpoint()).Text("webhookEndpointId");
        await Walk();
        (await Delivered(id, Attempted(1))).Text("attempts[0].error").ShouldContain("did not answer");
        released.SetResult();
    }
}
