using System.Text.Json;
using AWorld.Identity;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Users;

/// <summary>
/// What an erasure did, signed with the platform's keys (a JWT of type <c>erasure+jwt</c>), so that a customer can
/// show it to others who verify it with /.well-known/jwks.json. It names nobody: the user's id leads to no person.
/// </summary>
sealed class ErasureCertificates(SigningKeys keys, IOptions<IdentityOptions> options, WorkspaceClocks clocks)
{
    const string Type = "erasure+jwt";

    public async ValueTask<string> Sign(Tenant tenant, string userId, Erasure erasure, CancellationToken stop) =>
        Jwt.Sign(await keys.Current(stop), Type, json =>
        {
            json.WriteString("iss", options.Value.Issuer);
            json.WriteString("sub", userId);
            json.WriteNumber("iat", clocks.Real.GetUtcNow().ToUnixTimeSeconds());
            json.WriteString("jti", Ids.Derive(tenant.AccountId, tenant.WorkspaceId, userId, Type));
            json.WriteString("accountId", tenant.AccountId);
            json.WriteString("workspaceId", tenant.WorkspaceId);
            Write(json, "startedAt", erasure.StartedAt);
            Write(json, "completedAt", erasure.CompletedAt);
            Write(json, "erasedBy", erasure.By);
            Write(json, "traces", erasure.Traces);
        });

    /// <summary>As it was signed, or signed again where that key is published no more.</summary>
    public async ValueTask<string?> Of(Tenant tenant, string userId, Erasure erasure, CancellationToken stop) =>
        erasure.CompletedAt is null ? null
        : erasure.Certificate is { } signed && Jwt.Parse(signed) is { Succeeded: true, Value.Kid: { } kid } && await keys.Find(kid, stop) is not null ? signed
        : await Sign(tenant, userId, erasure, stop);

    static void Write<T>(Utf8JsonWriter json, string name, T value)
    {
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, value, Json.Options);
    }
}
