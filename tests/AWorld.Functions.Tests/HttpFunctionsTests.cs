using System.Text.Json;

namespace AWorld.Functions.Tests;

public sealed class HttpFunctionsTests
{
    const string Currencies = "/dashboard/v1/virtual-currencies";

    [Fact]
    public async Task A_request_goes_through_the_function_to_the_product_and_its_store()
    {
        await using var platform = await AzurePlatform.Start();
        var (created, body) = await platform.Send("POST", Currencies, """{"name":"coins","defaultLang":"en","translations":[{"lang":"en","label":"Coins"}]}""");
        created.Response.StatusCode.ShouldBe(201, body);
        var id = JsonDocument.Parse(body).RootElement.GetProperty("virtualCurrencyId").GetString();
        var (read, found) = await platform.Send("GET", $"{Currencies}/{id}");
        read.Response.StatusCode.ShouldBe(200, found);
        JsonDocument.Parse(found).RootElement.GetProperty("name").GetString().ShouldBe("coins");
    }

    [Theory]
    [InlineData("GET", "/dashboard/v1/nothing", 404)]
    [InlineData("POST", Currencies, 400)]
    [InlineData("DELETE", "/docs", 405)]
    public async Task What_the_product_refuses_stays_refused(string method, string path, int status)
    {
        await using var platform = await AzurePlatform.Start();
        var (http, body) = await platform.Send(method, path, method == "POST" ? "{" : null);
        http.Response.StatusCode.ShouldBe(status, body);
        http.Response.ContentType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_request_without_a_token_is_of_nobody()
    {
        await using var platform = await AzurePlatform.Start();
        (await platform.Send("GET", Currencies, signedIn: false)).Http.Response.StatusCode.ShouldBe(401);
    }

    [Theory]
    [InlineData("1", "203.0.113.7")]
    [InlineData("2", "198.51.100.9")]
    public async Task The_sender_is_who_the_last_proxies_say_it_is(string proxies, string sender)
    {
        await using var platform = await AzurePlatform.Start(("AWorld:Azure:Proxies", proxies));
        var (http, _) = await platform.Send("GET", "/health/live", headers: ("X-Forwarded-For", "192.0.2.1, 198.51.100.9, 203.0.113.7:5123"));
        http.Connection.RemoteIpAddress!.ToString().ShouldBe(sender);
    }
}
