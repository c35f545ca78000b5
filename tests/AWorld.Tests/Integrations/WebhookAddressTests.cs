using System.Net;
using AWorld.Integrations.Webhooks;

namespace AWorld.Tests.Integrations;

/// <summary>Where webhooks may go.</summary>
public sealed class WebhookAddressTests : WebhookWorld
{
    [Fact]
    public async Task What_is_inside_is_not_reached_unless_the_deployment_allows_it()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        var (data, clock) = (platform.Data, platform.Clock);
        await platform.Stop();
        await Start(data, clock, ("AWorld:Webhooks:AllowHttp", "true"));
        var tried = await platform.Dashboard().Post($"{Path}/{id}/test");
        tried.Text("attempts[0].error").ShouldContain("does not lead to the public internet");
        receiver.HasMore.ShouldBeFalse();
        var nowhere = (await platform.Dashboard().Post(Path, """{ "url": "http://nowhere.invalid/" }""")).Text("webhookEndpointId");
        (await platform.Dashboard().Post($"{Path}/{nowhere}/test")).Text("attempts[0].error").ShouldBe("nowhere.invalid does not lead to the public internet");
        foreach (var url in new[] { "http://127.0.0.1/x", "http://[::ffff:10.0.0.1]/", "http://localhost/", "http://169.254.169.254/latest" })
        {
            (await platform.Dashboard().Refused(400, HttpMethod.Post, Path, new { url })).Fields.ShouldBe(["url"]);
        }
        await platform.Stop();
        await Start(data, clock, ("AWorld:Webhooks:AllowPrivateAddresses", "true"));
        (await platform.Dashboard().Post($"{Path}/{id}/test")).Text("attempts[0].error").ShouldContain("https");
        foreach (var url in new[] { "http://example.org/", "ftp://example.org/", "https://user@example.org/", "not a url" })
        {
            (await platform.Dashboard().Refused(400, HttpMethod.Post, Path, new { url })).Fields.ShouldContain("url");
        }
        receiver.HasMore.ShouldBeFalse();
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("64:ff9b::808:808", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:7f00:1::", false)]
    public void An_address_is_on_the_public_internet_or_it_is_special(string address, bool isPublic) => PublicAddresses.Contains(IPAddress.Parse(address)).ShouldBe(isPublic);
}
