using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>
/// The keys of foreign issuers, kept per account and issuer, so that one account's dead or hostile issuer touches no
/// other. Keys are fetched again when they are old or a token names an unknown one, at most once per
/// <see cref="IdentityOptions.IssuerKeysLeastRefresh"/>; requests that need them meanwhile share one fetch.
/// </summary>
public sealed class IssuerKeys(IHttpClientFactory clients, TimeProvider clock, IOptions<IdentityOptions> options, ILogger<IssuerKeys> log)
{
    public const string HttpClientName = "issuers";
    public const int MostBytes = 256 * 1024;
    const int MostIssuers = 10_000;
    const int MostKeys = 100;

    static readonly TimeSpan Stale = TimeSpan.FromHours(24);

    sealed class Source
    {
        public IReadOnlyList<VerificationKey> Keys = [];
        public DateTimeOffset ReadAt;
        public DateTimeOffset TriedAt;
        public bool Failed;
        public Task? Fetching;
    }

    readonly ConcurrentDictionary<(string AccountId, string Issuer, string? JwksUri), Source> sources = new();

    /// <summary>The key that a token names; one without a kid may be signed by the only key of its algorithm.</summary>
    public async ValueTask<Result<VerificationKey>> Find(string accountId, TrustedIssuer issuer, Jwt token, CancellationToken stop)
    {
        if (sources.Count >= MostIssuers && sources.Keys.FirstOrDefault() is { AccountId: not null } any)
        {
            sources.TryRemove(any, out _);
        }
        var source = sources.GetOrAdd((accountId, issuer.Issuer, issuer.JwksUri), _ => new());
        var now = clock.GetUtcNow();
        if (Pick(source, token) is { } known && now - source.ReadAt < options.Value.IssuerKeysKept)
        {
            return known;
        }
        await Refresh(source, issuer, now).WaitAsync(stop);
        if (Pick(source, token) is { } key && now - source.ReadAt < Stale)
        {
            return key;
        }
        return source.Failed
            ? new Error(503, "server/external_service_error", "the keys of the token's issuer cannot be fetched") { RetryAfter = options.Value.IssuerKeysLeastRefresh }
            : Error.InvalidToken("the token is signed with a key that its issuer does not publish");
    }

    /// <summary>The URL if we may fetch it: https, or http on this machine where that is allowed.</summary>
    public static Uri? Endpoint(string url, IdentityOptions options) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
            && (uri.Scheme == Uri.UriSchemeHttps || options.AllowLoopbackIssuers && uri is { IsLoopback: true, Scheme: "http" })
            ? uri
            : null;

    Task Refresh(Source source, TrustedIssuer issuer, DateTimeOffset now)
    {
        lock (source)
        {
            if (source.Fetching is { IsCompleted: false } running)
            {
                return running;
            }
            if (source.TriedAt != default && now - source.TriedAt < options.Value.IssuerKeysLeastRefresh)
            {
                return Task.CompletedTask;
            }
            source.TriedAt = now;
            return source.Fetching = Task.Run(() => Fetch(source, issuer, now));
        }
    }

    async Task Fetch(Source source, TrustedIssuer issuer, DateTimeOffset now)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.Value.IssuerTimeout);
            var keys = issuer.JwksUri ?? await Discover(issuer.Issuer, timeout.Token);
            source.Keys = Parse(await Get(keys, timeout.Token));
            source.ReadAt = now;
            source.Failed = false;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or JsonException or InvalidOperationException or IOException)
        {
            source.Failed = true;
            log.LogWarning("the keys of issuer {Issuer} could not be fetched: {Why}", issuer.Issuer, failure.Message);
        }
    }

    async Task<string> Discover(string issuer, CancellationToken stop)
    {
        var found = await Get($"{issuer.TrimEnd('/')}/.well-known/openid-configuration", stop);
        return Jwt.Text(found, "issuer") == issuer && Jwt.Text(found, "jwks_uri") is { } keys
            ? keys
            : throw new InvalidOperationException("its discovery document names another issuer or no keys");
    }

    async Task<JsonElement> Get(string url, CancellationToken stop)
    {
        var endpoint = Endpoint(url, options.Value) ?? throw new InvalidOperationException($"{url} is not an https URL");
        using var client = clients.CreateClient(HttpClientName);
        var found = JsonElement.Parse(await client.GetByteArrayAsync(endpoint, stop));
        return found.ValueKind == JsonValueKind.Object ? found : throw new InvalidOperationException($"{url} does not give a JSON object");
    }

    static VerificationKey? Pick(Source source, Jwt token)
    {
        var fitting = source.Keys.Where(key => key.Algorithm == token.Algorithm);
        return token.Kid is { } kid ? fitting.FirstOrDefault(key => key.Kid == kid) : fitting.Count() == 1 ? fitting.First() : null;
    }

    static List<VerificationKey> Parse(JsonElement jwks) =>
        jwks.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Take(MostKeys).Where(key => key.ValueKind == JsonValueKind.Object).Select(KeyOf).OfType<VerificationKey>()]
            : throw new InvalidOperationException("it publishes no keys");

    /// <summary>A key for signatures that we can use; others are skipped, as RFC 7517 asks.</summary>
    static VerificationKey? KeyOf(JsonElement jwk)
    {
        var (kid, algorithm, kind) = (Jwt.Text(jwk, "kid") ?? "", Jwt.Text(jwk, "alg"), Jwt.Text(jwk, "kty"));
        byte[]? Bytes(string name) => Jwt.Text(jwk, name) is { } text ? Jwt.Decode(text) : null;
        if (Jwt.Text(jwk, "use") is not (null or "sig"))
        {
            return null;
        }
        if (kind == "EC" && algorithm is null or Jwt.Es256 && Jwt.Text(jwk, "crv") == "P-256" && Bytes("x") is { Length: 32 } x && Bytes("y") is { Length: 32 } y)
        {
            var point = new ECPoint { X = x, Y = y };
            return IsOnCurve(point) ? new VerificationKey.Es256(kid, point) : null;
        }
        return kind == "RSA" && algorithm is null or Jwt.Rs256 && Bytes("n") is { Length: >= 256 and <= 1024 } n && Bytes("e") is { Length: >= 1 and <= 4 } e
            ? new VerificationKey.Rs256(kid, n, e)
            : null;
    }

    static bool IsOnCurve(ECPoint point)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>Reaches issuers on the public internet only: their addresses come from customers, our network is not theirs to probe.</summary>
static class IssuerConnections
{
    public static SocketsHttpHandler Handler(IdentityOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectTimeout = options.IssuerTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, stop) =>
        {
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stop);
            var allowed = addresses.Where(address => IsPublic(address) || options.AllowLoopbackIssuers && IPAddress.IsLoopback(address)).ToArray();
            if (allowed.Length == 0)
            {
                throw new HttpRequestException($"{context.DnsEndPoint.Host} has no public address");
            }
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, stop);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsPublic(address.MapToIPv4());
        }
        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            // Global unicast, without the prefixes that carry IPv4 addresses within.
            return IPNetwork.Parse("2000::/3").Contains(address) && !IPNetwork.Parse("2002::/16").Contains(address) && !IPNetwork.Parse("2001::/32").Contains(address);
        }
        return !Internal.Any(network => network.Contains(address));
    }

    static readonly IPNetwork[] Internal =
    [
        .. new[] { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3" }
            .Select(IPNetwork.Parse),
        IPNetwork.Parse("168.63.129.16/32"),
    ];
}
