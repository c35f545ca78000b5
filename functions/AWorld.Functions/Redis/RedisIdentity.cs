using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using StackExchange.Redis.Configuration;

namespace AWorld.Functions.Redis;

/// <summary>User and password of each connection that is made: the identity's object id, and its latest token.</summary>
sealed class RedisIdentity : DefaultOptionsProvider
{
    static readonly TimeSpan RenewedBefore = TimeSpan.FromMinutes(5);

    string? user, password;

    public override string? User => user;
    public override string? Password => password;

    /// <summary>Answers when it must be renewed.</summary>
    public DateTimeOffset Take(AccessToken token)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Token.Split('.')[1]));
        (user, password) = (claims.RootElement.GetProperty("oid").GetString(), token.Token);
        return token.ExpiresOn - RenewedBefore;
    }
}
