using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Users;

/// <summary>A creation of a user, between the reservation of the e-mail and the last index entry.</summary>
sealed class Creation(Tenant tenant, UserDraft draft, string emailHash, string userId)
{
    public Tenant Tenant => tenant;
    public UserDraft Draft => draft;
    public string EmailHash => emailHash;
    public string UserId => userId;

    /// <summary>For <see cref="ActiveUsers"/>.</summary>
    public required ulong Key { get; init; }
    public required int Removed { get; init; }
    public string? Mark { get; set; }
    public string? Claimed { get; set; }

    /// <summary>Set once the user is there.</summary>
    public UserProfile? Created { get; set; }
}

/// <summary>Decides on new users, whose e-mail and externalId are reserved before they are there.</summary>
sealed class NewUsers(UserIndex index, Reservations reservations, ActiveUsers active, Principals principals, Ids ids, WorkspaceClocks clocks)
{
    /// <summary>Reserves the e-mail.</summary>
    public async ValueTask<Creation> Begin(Tenant tenant, UserDraft draft, CancellationToken stop)
    {
        var emailHash = HashOf(tenant, draft.Email);
        var userId = await reservations.Adopt(tenant, Reservations.Email(emailHash), ids.New(), stop);
        var key = active.KeyOf(tenant, userId);
        _ = active.Contains(key, out var removed);
        return new(tenant, draft, emailHash, userId) { Key = key, Removed = removed };
    }

    /// <summary>The new user; called again after a conflict.</summary>
    /// <param name="there">What there is of the user's id already.</param>
    public async ValueTask<Result<StoredProfile>> Decide(Creation creation, StoredProfile? there, CancellationToken stop)
    {
        var (tenant, draft, userId) = (creation.Tenant, creation.Draft, creation.UserId);
        if (there is not null)
        {
            return there.User is null ? Error.Conflict("the creation took too long; try again") : Taken("email");
        }
        if (draft.ExternalId is { } externalId)
        {
            if (!await reservations.Claim(tenant, externalId, userId, stop))
            {
                return Taken("externalId");
            }
            creation.Claimed = externalId;
        }
        var principal = await principals.Ensure(draft.Email, draft.FirstName, draft.LastName, tenant, stop);
        creation.Mark ??= await index.Announce(tenant, userId, stop);
        var now = clocks.Now(tenant);
        var user = new UserProfile(userId, tenant.AccountId, tenant.WorkspaceId, principal.PrincipalId,
            draft.ExternalId, draft.Nickname, draft.ProfileImage, draft.Lang, draft.Timezone, draft.Tags ?? [], now, now);
        return new StoredProfile(1, user, creation.EmailHash);
    }

    public static string HashOf(Tenant tenant, string email) => EmailAddress.Hash(email, tenant.ToString());

    public static Error Taken(string field) =>
        new(409, "resource/already_exists", $"{field}: another user of this workspace has it", [new(field, "another user of this workspace has it")]);
}
