using System.ComponentModel.DataAnnotations;
using AWorld.Audit;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Identity;

public sealed record StartEmailOtp(
    [property: Required, EmailAddress, StringLength(Tenancy.EmailAddress.MaxLength)] string? Email,
    [property: Required, Id] string? ClientId,
    [property: Id] string? WorkspaceId = null,
    [property: AllowedValues(null, "web", "mobile")] string? Platform = null);

public sealed record EmailOtpSession(string Session, DateTimeOffset ExpiresAt);

public sealed record VerifyEmailOtp(
    [property: Required, StringLength(128)] string? Session,
    [property: Required, RegularExpression("^[0-9]{6}$", ErrorMessage = "must be 6 digits")] string? Code);

/// <summary>Signing in with a code that is sent by e-mail.</summary>
public sealed class SignInWithCode(Clients clients, EmailCodes codes, People people, TokenResponses responses)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/auth/v1/email-otp/start", Start).Operation("emailOtp/start").Public().Produces<EmailOtpSession>();
        routes.MapPost("/auth/v1/email-otp/verify", Verify).Operation("emailOtp/verify").Public().Produces<TokenResponse>();
    }

    static async Task<IResult> Start(HttpContext http, Body<StartEmailOtp> body, Clients clients, EmailCodes codes, CancellationToken stop)
    {
        var request = body.Value;
        if (await clients.FindAny(request.ClientId!, stop) is not { } client)
        {
            return new Problem(Error.InvalidCredentials("there is no such client"));
        }
        http.Features.Set(new AuditSubject(client.Tenant, client.ClientId));
        if (request.WorkspaceId is { } workspace && workspace != client.WorkspaceId)
        {
            return new Problem(Error.WorkspaceMismatch("the client is of another workspace"));
        }
        var platform = request.Platform == "mobile" ? ClientPlatform.Mobile : ClientPlatform.Web;
        var asked = await codes.Ask(client, platform, request.Email!, stop);
        return asked.Respond(session => Answer.Ok(new EmailOtpSession(session.Session, session.ExpiresAt)));
    }

    static async Task<IResult> Verify(Body<VerifyEmailOtp> body, HttpContext http, SignInWithCode signIn, CancellationToken stop)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await signIn.TokensFor(http, body.Value.Session!, body.Value.Code!, stop) is { } tokens
            ? Answer.Ok(tokens)
            : new Problem(Error.InvalidCredentials("the code is wrong, used or expired"));
    }

    internal async ValueTask<TokenResponse?> TokensFor(HttpContext http, string session, string code, CancellationToken stop)
    {
        if (await codes.Use(session, code, stop) is not { } used
            || await clients.FindAny(used.ClientId, stop) is not { } client
            || await people.ByEmail(client.Context, client.Tenant, used.Email, stop) is not { } person)
        {
            return null;
        }
        http.Features.Set(new AuditSubject(client.Tenant, client.ClientId, person.UserId, person.PrincipalId));
        return await responses.ForNewSignIn(client, person, used.Platform, stop);
    }
}
