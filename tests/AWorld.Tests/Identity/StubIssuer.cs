using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using AWorld.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Identity;

/// <summary>Foreign issuers that answer in this process, count what they are asked, and can die.</summary>
sealed class StubIssuer : HttpMessageHandler
{
    public const string Issuer = "https://idp.test";
    public const string Audience = "urn:aworld:test";

    int requests;

    public SigningKey Key { get; set; } = SigningKey.Create(default, default);
    public Func<Task<HttpResponseMessage?>> Interfere { get; set; } = () => Task.FromResult<HttpResponseMessage?>(null);
    public int Requests => Volatile.Read(ref requests);

    public void Install(WebApplicationBuilder builder) =>
        builder.Services.AddHttpClient(IssuerKeys.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => this);

    public string Token(DateTimeOffset now, object? claims = null, string issuer = Issuer, string audience = Audience) => Jwt.Sign(Key, "JWT", json =>
    {
        json.WriteString("iss", issuer);
        json.WriteString("aud", audience);
        json.WriteNumber("exp", now.AddHours(1).ToUnixTimeSeconds());
        foreach (var claim in JsonSerializer.SerializeToElement(claims ?? new { sub = "ext-alice" }).EnumerateObject())
        {
            claim.WriteTo(json);
        }
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref requests);
        if (await Interfere() is { } instead)
        {
            return instead;
        }
        var point = Key.Public().Point;
        var issuer = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        return new(HttpStatusCode.OK)
        {
            Content = new StringContent(request.RequestUri.AbsolutePath.EndsWith("openid-configuration", StringComparison.Ordinal)
                ? $$"""{"issuer":"{{issuer}}","jwks_uri":"{{issuer}}/keys"}"""
                : $$"""{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}","kid":"{{Key.Kid}}"}]}"""),
        };
    }
}
