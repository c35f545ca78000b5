using System.Text;
using System.Text.Json;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;

namespace AWorld.Integrations;

/// <summary>By what events name a user: those of the product by the id, those of systems outside by each of them.</summary>
sealed record UserMentions(string UserId, string? ExternalId, string? Email)
{
    public static async ValueTask<UserMentions> Of(UserProfile user, Principals principals, CancellationToken stop) =>
        new(user.UserId, user.ExternalId, (await principals.Find(user.PrincipalId, stop))?.Email);

    /// <summary>What is left of an event, or of a batch of them, without what is about the user; null: nothing.</summary>
    public ReadOnlyMemory<byte>? Without(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Array)
            {
                return IsAbout(json.RootElement) ? default(ReadOnlyMemory<byte>?) : content;
            }
            var others = json.RootElement.EnumerateArray().Where(one => !IsAbout(one)).ToList();
            return others.Count == json.RootElement.GetArrayLength() ? content
                : others.Count == 0 ? default(ReadOnlyMemory<byte>?)
                : Json.Bytes(others);
        }
        catch (JsonException)
        {
            // What is no JSON can be searched only; an externalId may be any word.
            var text = Encoding.UTF8.GetString(content.Span);
            return text.Contains(UserId, StringComparison.Ordinal) || (Email is { } email && text.Contains(email, StringComparison.OrdinalIgnoreCase)) ? default(ReadOnlyMemory<byte>?) : content;
        }
    }

    bool IsAbout(JsonElement happened) =>
        happened.ValueKind == JsonValueKind.Object
        && (Is(happened, "subject", UserId) || Names(happened) || (happened.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object && Names(data)));

    bool Names(JsonElement data) => Is(data, "userId", UserId) || Is(data, "externalId", ExternalId) || Is(data, "email", Email, StringComparison.OrdinalIgnoreCase);

    static bool Is(JsonElement data, string name, string? wanted, StringComparison comparison = StringComparison.Ordinal) =>
        wanted is not null && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Trim().Equals(wanted, comparison);
}
