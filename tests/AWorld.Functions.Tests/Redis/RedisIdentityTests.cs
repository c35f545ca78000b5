using System.Buffers.Text;
using System.Text;
using AWorld.Functions.Redis;
using Azure.Core;

namespace AWorld.Functions.Tests.Redis;

public sealed class RedisIdentityTests
{
    static AccessToken Token(string claims, DateTimeOffset? expires = null) => new($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2lnbmF0dXJl", expires ?? DateTimeOffset.UnixEpoch);

    /// <summary>Claims of every length, as base64url leaves out its padding, and with letters that it writes otherwise than base64.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("ÿþ~~~???>>>ûïÿ")]
    public void The_identity_s_object_id_is_the_user_and_its_token_the_password(string name)
    {
        var (identity, token) = (new RedisIdentity(), Token($$"""{"name":"{{name}}","oid":"11111111-2222-3333-4444-555555555555"}"""));
        identity.Take(token);
        (identity.User, identity.Password).ShouldBe(("11111111-2222-3333-4444-555555555555", token.Token));
    }

    [Fact]
    public void A_token_is_renewed_five_minutes_before_it_expires_and_takes_the_old_one_s_place()
    {
        var (identity, expires) = (new RedisIdentity(), new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        identity.Take(Token("""{"oid":"one"}""", expires)).ShouldBe(expires.AddMinutes(-5));
        var renewed = Token("""{"oid":"one","uti":"2"}""", expires.AddHours(1));
        identity.Take(renewed).ShouldBe(expires.AddMinutes(55));
        identity.Password.ShouldBe(renewed.Token);
    }

    [Theory]
    [InlineData("""{"appid":"1"}""")]
    [InlineData("no claims")]
    public void A_token_that_names_no_object_id_leaves_the_one_before(string claims)
    {
        var (identity, token) = (new RedisIdentity(), Token("""{"oid":"one"}"""));
        identity.Take(token);
        Should.Throw<Exception>(() => identity.Take(Token(claims)));
        (identity.User, identity.Password).ShouldBe(("one", token.Token));
    }
}
