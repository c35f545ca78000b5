using System.Security.Cryptography;
using System.Text;

namespace AWorld.Integrations.Webhooks;

/// <summary>Signs as Standard Webhooks 1.0.0 says.</summary>
static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";
    const int SecretBytes = 32;

    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The header webhook-signature: one signature for each secret that is valid.</summary>
    public static string Of(IEnumerable<string> secrets, string id, long timestamp, string body)
    {
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}");
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[SecretPrefix.Length..]), signed))}"));
    }
}
