using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Users;

/// <summary>A user as the API shows one; some only when asked for.</summary>
public sealed record UserView(
    string UserId, string PrincipalId, string? ExternalId, string? Nickname, string? ProfileImage, string? Lang, string? Timezone,
    string AccountId, string WorkspaceId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>From then on the user can neither sign in nor act.</summary>
    public DateTimeOffset? DeactivatedAt { get; init; }
    public IReadOnlyList<TagAssignment>? Tags { get; init; }
    public PrincipalView? Principal { get; init; }
    public UserStats? Stats { get; init; }
    public Page<JsonElement>? LearningGroupLogs { get; init; }

    public static UserView Of(UserProfile user) => new(
        user.UserId, user.PrincipalId, user.ExternalId, user.Nickname, user.ProfileImage, user.Lang, user.Timezone,
        user.AccountId, user.WorkspaceId, user.CreatedAt, user.UpdatedAt) { DeactivatedAt = user.DeactivatedAt };
}

public sealed record PrincipalView(string PrincipalId, string Sub, string Email, string? FirstName, string? LastName, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static PrincipalView Of(Principal principal) => new(
        principal.PrincipalId, principal.Sub, principal.Email, principal.FirstName, principal.LastName, principal.CreatedAt, principal.UpdatedAt);
}

/// <param name="QuizSuccessRate">From 0 to 1; 0 before the first quiz.</param>
public sealed record UserStats(int CompletedPaths, decimal QuizSuccessRate, decimal LearningMinutes, long TotalActivities);

/// <summary>Shows users with the expansions that a request's <c>fields</c> asks for.</summary>
sealed class UserViews(Principals principals, Players players)
{
    public static readonly string[] ListFields = ["tags", "principal"];
    public static readonly string[] AllFields = ["tags", "principal", "stats", "learningGroupLogs"];

    public async Task<UserView> Show(UserProfile user, IReadOnlySet<string>? fields, CancellationToken stop)
    {
        var view = UserView.Of(user);
        return fields is null or { Count: 0 } ? view : view with
        {
            Tags = fields.Contains("tags") ? user.Tags : null,
            Principal = fields.Contains("principal") && await principals.Find(user.PrincipalId, stop) is { } principal ? PrincipalView.Of(principal) : null,
            Stats = fields.Contains("stats") ? await Stats(user, stop) : null,
            // There is no learning content yet, so nobody has a log of it.
            LearningGroupLogs = fields.Contains("learningGroupLogs") ? new([], null) : null,
        };
    }

    public async ValueTask<UserStats> Stats(UserProfile user, CancellationToken stop)
    {
        var state = await players.Read(new(user.AccountId, user.WorkspaceId), user.UserId, stop);
        return new(0, state.Quizzes == 0 ? 0 : Math.Round((decimal)state.QuizzesRight / state.Quizzes, 4), 0, state.Activities);
    }
}
