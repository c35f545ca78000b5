using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using System.Threading.RateLimiting;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>A code that was asked for: a session of the form <c>{accountId}.{nanoid}</c>, known only to who asked.</summary>
public sealed record CodeSession(string Session, string ClientId, ClientPlatform Platform, string Email, string CodeHash, int Tries, DateTimeOffset ExpiresAt);

/// <summary>
/// One-time codes by e-mail. Asking does the same for every address; whether it belongs to somebody is only looked up
/// afterwards, by what sends the mail, and again once the right code is shown, so no answer or its timing tells.
/// </summary>
public sealed class EmailCodes(
    IDocumentStore store, People people, Clients clients, IMailer mailer, Ids ids, TimeProvider clock, IOptions<IdentityOptions> options, ILogger<EmailCodes> log) : BackgroundService
{
    const int Attempts = 16;

    readonly Channel<(CodeSession Asked, string Code)> toSend = Channel.CreateBounded<(CodeSession, string)>(options.Value.MailQueue);
    readonly PartitionedRateLimiter<string> perAddress = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
        address, _ => new() { PermitLimit = options.Value.CodesPerEmail, Window = options.Value.CodesWindow }));

    public async ValueTask<Result<CodeSession>> Ask(MachineClient client, ClientPlatform platform, string email, CancellationToken stop)
    {
        using var permit = perAddress.AttemptAcquire(EmailAddress.Hash(email, client.AccountId));
        if (!permit.IsAcquired)
        {
            return Error.RateLimited(permit.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : options.Value.CodesWindow);
        }
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var session = $"{client.AccountId}.{ids.New()}";
        var asked = new CodeSession(session, client.ClientId, platform, EmailAddress.Normalize(email), HashOf(session, code), 0, clock.GetUtcNow() + options.Value.CodeLifetime);
        await store.Commit(Partition.Platform(client.AccountId), [Write.Create(IdOf(session), Json.Bytes(asked), asked.ExpiresAt)], stop);
        return toSend.Writer.TryWrite((asked, code)) ? asked : Error.Busy(TimeSpan.FromSeconds(5));
    }

    /// <summary>
    /// Uses the session up when the code is right, counts a try when it is not. Null: wrong, used, expired, or too many
    /// tries, or there is no such session; each of these takes the same reads, hashes and commits.
    /// </summary>
    public async ValueTask<CodeSession?> Use(string session, string code, CancellationToken stop)
    {
        var (partition, id, shown) = (Partition.Platform(ClientIds.AccountOf(session) ?? Partition.PlatformAccount), IdOf(session), HashOf(session, code));
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var document = await store.Read(partition, id, stop);
            var asked = document is null ? NoSession : Json.Read<CodeSession>(document.Body);
            var open = asked.ExpiresAt > clock.GetUtcNow() && asked.Tries < options.Value.CodeTries;
            var right = CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(shown), Convert.FromBase64String(asked.CodeHash)) && open;
            var write = right ? Write.Delete(id, document?.ETag) : Write.Replace(id, Json.Bytes(asked with { Tries = asked.Tries + 1 }), document?.ETag ?? "none", asked.ExpiresAt);
            if ((await store.Commit(partition, [write], stop)).Committed)
            {
                return right ? asked : null;
            }
            if (!open)
            {
                return null;
            }
        }
        return null;
    }

    public override void Dispose()
    {
        perAddress.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (asked, code) in toSend.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await Send(asked, code, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogError(failure, "the code of session {Session} could not be sent", asked.Session);
            }
        }
    }

    async Task Send(CodeSession asked, string code, CancellationToken stop)
    {
        if (await clients.FindAny(asked.ClientId, stop) is { } client && await people.ByEmail(client.Context, client.Tenant, asked.Email, stop) is { Email: { } email })
        {
            var minutes = Math.Ceiling(options.Value.CodeLifetime.TotalMinutes);
            await mailer.Send(new(email, $"Your code is {code}", $"{code} is your code to sign in. It is valid for {minutes} minutes and works once.\n\nIf you did not ask for it, ignore this mail.\n"), stop);
        }
    }

    /// <summary>Stands in for a session that does not exist; it has ended, so no code opens it.</summary>
    static readonly CodeSession NoSession = new("", "", default, "", HashOf("", ""), 0, default);

    static string IdOf(string session) => $"code:{session}";
    static string HashOf(string session, string code) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{session}\n{code}")));
}
