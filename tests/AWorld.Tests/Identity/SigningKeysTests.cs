using System.Net;
using AWorld.Identity;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Identity;

public class SigningKeysTests
{
    [Fact]
    public async Task The_keys_survive_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("aworld-").FullName;
        var before = await TestPlatform.Start(data);
        var key = await before.Service<SigningKeys>().Current(default);
        await before.Stop();
        await using var after = await TestPlatform.Start(data);
        (await after.Service<SigningKeys>().Current(default)).PrivateKey.ShouldBe(key.PrivateKey);
        (await after.Service<SigningKeys>().Find(key.Kid, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_store_holds_them_encrypted_and_those_in_clear_are_encrypted_at_the_next_use()
    {
        var data = Directory.CreateTempSubdirectory("aworld-").FullName;
        var home = Partition.Platform(Partition.PlatformAccount);
        var before = await TestPlatform.Start(data);
        var key = await before.Service<SigningKeys>().Current(default);
        var stored = await before.Service<IDocumentStore>().Read(home, "signing-keys", default);
        stored!.Body.Span.IndexOf(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key.PrivateKey))).ShouldBe(-1);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(data, "protection.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        await before.Service<IDocumentStore>().Commit(home, [Write.Upsert("signing-keys", Json.Bytes(new { keys = new[] { key } }))], default);
        await before.Stop();
        var next = await TestPlatform.Start(data);
        (await next.Service<SigningKeys>().Current(default)).PrivateKey.ShouldBe(key.PrivateKey);
        stored = await next.Service<IDocumentStore>().Read(home, "signing-keys", default);
        stored!.Body.Span.IndexOf(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key.PrivateKey))).ShouldBe(-1);
        await next.Stop();

        File.Delete(Path.Combine(data, "protection.key"));
        await using var without = await TestPlatform.Start(data);
        var made = await without.Service<SigningKeys>().Current(default);
        made.Kid.ShouldNotBe(key.Kid);
        (await without.Service<SigningKeys>().Find(key.Kid, default)).ShouldBeNull();
    }

    [Fact]
    public async Task While_what_decrypts_them_is_out_of_reach_clients_are_told_to_come_again_and_no_key_is_dropped()
    {
        var protection = new Vault();
        await using var platform = await TestPlatform.Start(configure: builder => builder.Services.AddSingleton<IKeyProtection>(protection));
        using var http = platform.Anonymous();
        var keys = await http.GetStringAsync("/.well-known/jwks.json");
        protection.IsLost = true;
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var refused = await http.GetAsync("/.well-known/jwks.json");
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.ShouldBe(KeysUnavailableException.RetryAfter);
        protection.IsLost = false;
        (await http.GetStringAsync("/.well-known/jwks.json")).ShouldBe(keys);
    }

    [Fact]
    public async Task An_instance_that_cannot_read_them_is_not_ready_until_it_can_and_probes_ask_no_more_often_than_is_of_use()
    {
        var protection = new Vault { IsLost = true };
        await using var platform = await TestPlatform.Start(configure: builder => builder.Services.AddSingleton<IKeyProtection>(protection));
        using var http = platform.Anonymous();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var response = await http.GetAsync("/health/ready");
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            var said = await response.Body();
            (said.Text("checks.keys.status"), said.Text("checks.keys.description")).ShouldBe(("unhealthy", "the keys that tokens are signed with cannot be read"));
            said.Text("checks.store.status").ShouldBe("healthy");
        }));
        protection.Asked.ShouldBeLessThan(10);
        (await http.Get("/health/live")).Text("status").ShouldBe("healthy");

        protection.IsLost = false;
        platform.Clock.Advance(KeysUnavailableException.RetryAfter);
        (await http.Get("/health/ready")).Text("checks.keys.status").ShouldBe("healthy");
    }

    sealed class Vault : IKeyProtection
    {
        int asked;

        public bool IsLost { get; set; }
        public int Asked => asked;

        public byte[] Protect(string name, ReadOnlySpan<byte> secret) => Unprotect(name, secret)!;

        public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret)
        {
            Interlocked.Increment(ref asked);
            return IsLost ? throw new KeysUnavailableException("out of reach", new IOException()) : secret.ToArray();
        }
    }

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_ends()
    {
        await using var tenant = await TenantFixture.Start();
        var (keys, clock) = (tenant.Platform.Service<SigningKeys>(), tenant.Platform.Clock);
        var old = await keys.Current(default);
        var next = await keys.Rotate(default);
        (await keys.Current(default)).Kid.ShouldBe(old.Kid);
        (await Kids(tenant)).ShouldBe([old.Kid, next.Kid]);

        clock.Advance(TimeSpan.FromMinutes(10));
        (await keys.Current(default)).Kid.ShouldBe(next.Kid);
        var fresh = await tenant.MachineToken();
        (await tenant.With(fresh).Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);

        clock.Advance(TimeSpan.FromHours(2));
        var third = await keys.Rotate(default);
        (await Kids(tenant)).ShouldBe([next.Kid, third.Kid]);
        (await keys.Find(old.Kid, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_of_the_old_key_is_good_for_its_whole_life()
    {
        await using var tenant = await TenantFixture.Start();
        var keys = tenant.Platform.Service<SigningKeys>();
        await keys.Rotate(default);
        tenant.Platform.Clock.Advance(TimeSpan.FromMinutes(9));
        var token = await tenant.MachineToken();
        tenant.Platform.Clock.Advance(TimeSpan.FromMinutes(59));
        await keys.Rotate(default);
        tenant.Platform.Service<VerifiedTokens>().Forget(_ => true);
        (await tenant.With(token).Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_rotate_by_themselves_when_they_are_old()
    {
        await using var tenant = await TenantFixture.Start();
        var keys = tenant.Platform.Service<SigningKeys>();
        var first = await keys.Current(default);
        tenant.Platform.Clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromMinutes(5));
        (await keys.Current(default)).Kid.ShouldBe(first.Kid);
        tenant.Platform.Clock.Advance(TimeSpan.FromMinutes(10));
        (await keys.Current(default)).Kid.ShouldNotBe(first.Kid);
    }

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_share_one_key_and_learn_of_each_others()
    {
        await using var platform = await TestPlatform.Start();
        SigningKeys Node() => new(platform.Service<IDocumentStore>(), platform.Service<IKeyProtection>(), platform.Clock, platform.Service<IOptions<IdentityOptions>>(), NullLogger<SigningKeys>.Instance);
        var nodes = Enumerable.Range(0, 8).Select(_ => Node()).ToArray();
        var current = await Task.WhenAll(nodes.Select(node => node.Current(default).AsTask()));
        current.Select(key => key.Kid).Distinct().Count().ShouldBe(1);
        var added = await nodes[0].Rotate(default);
        (await nodes[1].Find(added.Kid, default)).ShouldBeNull("it looked a moment ago");
        platform.Clock.Advance(TimeSpan.FromSeconds(6));
        (await nodes[1].Find(added.Kid, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_discovery_document_and_the_keys_may_be_cached()
    {
        await using var tenant = await TenantFixture.Start();
        foreach (var path in new[] { "/.well-known/openid-configuration", "/.well-known/jwks.json" })
        {
            using var response = await tenant.Http.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromMinutes(10));
        }
        var discovery = await tenant.Http.Get("/.well-known/openid-configuration");
        discovery.Text("issuer").ShouldBe("http://127.0.0.1:7071");
        discovery.Text("jwks_uri").ShouldBe("http://127.0.0.1:7071/.well-known/jwks.json");
        var key = (await tenant.Http.Get("/.well-known/jwks.json")).At("keys[0]");
        (key.Text("kty"), key.Text("crv"), key.Text("alg"), key.Text("use")).ShouldBe(("EC", "P-256", "ES256", "sig"));
        key.TryGetProperty("d", out _).ShouldBeFalse();
    }

    static async Task<IReadOnlyList<string>> Kids(TenantFixture tenant) =>
        [.. (await tenant.Http.Get("/.well-known/jwks.json")).Items("keys").Select(key => key.Text("kid"))];
}
