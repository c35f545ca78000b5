using System.Diagnostics.CodeAnalysis;

namespace AWorld.Platform;

/// <summary>What is wrong with one field of a request; <paramref name="Field"/> is its path in the JSON, such as <c>translations[0].lang</c>.</summary>
public sealed record FieldError(string Field, string Message);

/// <summary>An expected failure. <see cref="Problem"/> is the one place that turns it into HTTP.</summary>
public sealed record Error(int Status, string Code, string Message, IReadOnlyList<FieldError>? Details = null)
{
    /// <summary>Sent as Retry-After, in whole seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Of the request as a whole: there is no field to name.</summary>
    public static Error Invalid(string message) => new(400, "validation/invalid_input", message);

    public static Error Invalid(string field, string message) => Invalid([new(field, message)]);
    public static Error Invalid(IReadOnlyList<FieldError> details) =>
        new(400, "validation/invalid_input", details is [var only] ? $"{only.Field}: {only.Message}" : $"{details.Count} fields are invalid; see details", details);

    public static Error TooLarge(long limitBytes) => new(413, "validation/invalid_input", $"the request body exceeds {limitBytes} bytes");
    public static Error InvalidToken(string why) => new(401, "auth/invalid_token", why);
    public static Error ExpiredToken() => new(401, "auth/expired_token", "the token has expired; get a new one");
    public static Error InvalidCredentials(string why) => new(401, "auth/invalid_credentials", why);
    public static Error Forbidden(string why) => new(403, "auth/insufficient_permissions", why);
    public static Error WorkspaceMismatch(string why) => new(403, "auth/workspace_mismatch", why);
    public static Error NotFound(string what, string id) => new(404, "resource/not_found", $"{what} '{id}' does not exist in this workspace");
    public static Error AlreadyExists(string what, string id) => new(409, "resource/already_exists", $"{what} '{id}' already exists");
    public static Error Conflict(string why) => new(409, "resource/conflict", why);
    public static Error InvalidOperation(string why) => new(400, "business/invalid_operation", why);
    public static Error PreconditionFailed(string why) => new(412, "business/precondition_failed", why);
    public static Error RateLimited(TimeSpan retryAfter) => new(429, "rate_limit/exceeded", "too many requests; wait for Retry-After seconds") { RetryAfter = retryAfter };
    public static Error NoRoom(TimeSpan retryAfter) => new(503, "server/database_error", "there is no room left where data is kept, and nothing was changed; try again after Retry-After seconds") { RetryAfter = retryAfter };
    public static Error Busy(TimeSpan retryAfter) => new(503, "server/database_error", "the platform is busy and nothing was changed; try again after Retry-After seconds") { RetryAfter = retryAfter };
}

/// <summary>A value or an expected failure.</summary>
public readonly record struct Result<T>
{
    readonly T? value;

    Result(T? value, Error? error) => (this.value, Error) = (value, error);

    public Error? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    public T Value => Error is null ? value! : throw new InvalidOperationException(Error.Message);

    public Result<TOther> Map<TOther>(Func<T, TOther> map) => Error is null ? map(value!) : Error;

    public static implicit operator Result<T>(T value) => new(value, null);
    public static implicit operator Result<T>(Error error) => new(default, error);
}
