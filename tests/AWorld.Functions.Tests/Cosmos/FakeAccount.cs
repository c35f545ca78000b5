using AWorld.Functions.Cosmos;
using Azure.Core;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>Options that reach the fake as an emulator is reached.</summary>
static class FakeAccount
{
    /// <summary>Never asked: an emulator's key is used.</summary>
    public static TokenCredential NoCredential { get; } = new FixedCredential("none");

    public static CosmosOptions Options() => new()
    {
        Endpoint = new("https://localhost:8081/"),
        Key = Convert.ToBase64String(new byte[64]),
        Gateway = true,
        CreateContainers = true,
        RetryAfter = TimeSpan.Zero,
    };
}

sealed class FixedCredential(string token) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(token, DateTimeOffset.MaxValue);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
}
