using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using AWorld.Functions.KeyVault;
using AWorld.Functions.Tests.Cosmos;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace AWorld.Functions.Tests.KeyVault;

/// <summary>A vault's REST interface: it asks for a token first, then keeps versions of one secret.</summary>
sealed class FakeVault(string name, TimeProvider clock) : HttpMessageHandler
{
    const int Page = 2;

    public sealed record Version(string Id, string Value, DateTimeOffset CreatedAt)
    {
        public bool Enabled { get; set; } = true;
    }

    public List<Version> Versions { get; } = [];
    public List<string> Authorizations { get; } = [];
    public bool Down { get; set; }
    public bool ReadOnly { get; set; }

    /// <summary>What it asks for while it is down.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Answers nothing until who asks gives up.</summary>
    public bool Hangs { get; set; }
    public int GivenUp { get; private set; }

    /// <summary>Once, before the next version is kept.</summary>
    public Action? BeforeNext { get; set; }

    public IEnumerable<string> Values => Versions.Select(static version => version.Value);

    public VaultKeys Keys(KeyVaultOptions options, TimeProvider? waits = null)
    {
        var client = options.Client();
        client.Transport = new HttpClientTransport(this);
        return new(new SecretClient(new($"https://{name}.vault.azure.net"), new FixedCredential("token"), client), options, waits ?? clock);
    }

    /// <summary>As an operator replaces the key.</summary>
    public void Add(string? value = null) => Versions.Add(new($"{Versions.Count + 1:x8}version", value ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), clock.GetUtcNow()));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => await Task.Run(() => Send(request, cancellationToken), CancellationToken.None);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Headers.Authorization is null)
        {
            var challenge = Respond(HttpStatusCode.Unauthorized, []);
            challenge.Headers.TryAddWithoutValidation("WWW-Authenticate", """Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net" """);
            return challenge;
        }
        Authorizations.Add(request.Headers.Authorization.ToString());
        if (Hangs && cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMinutes(2)))
        {
            GivenUp++;
            throw new TaskCanceledException();
        }
        if (Down)
        {
            var busy = Respond(HttpStatusCode.ServiceUnavailable, []);
            busy.Headers.RetryAfter = RetryAfter is { } wait ? new(wait) : null;
            return busy;
        }
        return request.Method == HttpMethod.Put ? Put(request) : request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            [_, _, "versions"] => List(request.RequestUri),
            [_, _, var id] => Get(Versions.Find(version => version.Id == id)),
            _ => Get(Versions.LastOrDefault()),
        };
    }

    HttpResponseMessage Put(HttpRequestMessage request)
    {
        if (ReadOnly)
        {
            return Respond(HttpStatusCode.Forbidden, new() { ["error"] = new JsonObject { ["code"] = "Forbidden" } });
        }
        using var body = request.Content!.ReadAsStream();
        var value = (string)JsonNode.Parse(body)!["value"]!;
        var before = BeforeNext;
        BeforeNext = null;
        before?.Invoke();
        Add(value);
        return Get(Versions[^1]);
    }

    HttpResponseMessage Get(Version? version) => version switch
    {
        null => Respond(HttpStatusCode.NotFound, new() { ["error"] = new JsonObject { ["code"] = "SecretNotFound" } }),
        { Enabled: false } => Respond(HttpStatusCode.Forbidden, new() { ["error"] = new JsonObject { ["code"] = "Forbidden" } }),
        _ => Respond(HttpStatusCode.OK, Said(version, version.Value)),
    };

    /// <summary>In the order of ids, which says nothing of age, and without values.</summary>
    HttpResponseMessage List(Uri uri)
    {
        var skipped = int.Parse(HttpUtility.ParseQueryString(uri.Query)["skip"] ?? "0", CultureInfo.InvariantCulture);
        var rest = Versions.OrderByDescending(static version => version.Id, StringComparer.Ordinal).Skip(skipped).ToList();
        return Respond(HttpStatusCode.OK, new()
        {
            ["value"] = new JsonArray([.. rest.Take(Page).Select(version => Said(version))]),
            ["nextLink"] = rest.Count > Page ? $"https://{name}.vault.azure.net/secrets/aworld-protection/versions?skip={skipped + Page}" : null,
        });
    }

    JsonObject Said(Version version, string? value = null)
    {
        var said = new JsonObject { ["id"] = $"https://{name}.vault.azure.net/secrets/aworld-protection/{version.Id}", ["attributes"] = new JsonObject { ["enabled"] = version.Enabled, ["created"] = version.CreatedAt.ToUnixTimeSeconds() } };
        if (value is not null)
        {
            said["value"] = value;
        }
        return said;
    }

    static HttpResponseMessage Respond(HttpStatusCode status, JsonObject body) => new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
}
