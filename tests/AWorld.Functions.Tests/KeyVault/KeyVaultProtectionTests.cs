using System.Text;
using AWorld.Functions.KeyVault;
using AWorld.Tests;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;

namespace AWorld.Functions.Tests.KeyVault;

public sealed class KeyVaultProtectionTests : IDisposable
{
    static readonly byte[] Secret = Encoding.UTF8.GetBytes("a private key");

    readonly FakeClock clock = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
    readonly KeyVaultOptions options = new() { Attempts = 1 };
    readonly Lines log = new();
    readonly FakeVault origin;
    readonly FakeVault[] regions;

    public KeyVaultProtectionTests() => (origin, regions) = (new("cell", clock), [new("west", clock), new("north", clock)]);

    public void Dispose()
    {
        origin.Dispose();
        Array.ForEach(regions, static region => region.Dispose());
    }

    /// <summary>An instance that has just started.</summary>
    KeyVaultProtection Instance(int region = 0) => new(regions[region].Keys(options), origin.Keys(options), options, clock, log);

    /// <summary>An instance where there is but one vault.</summary>
    KeyVaultProtection Alone() => new(origin.Keys(options), null, options, clock, log);

    [Fact]
    public void What_one_instance_protects_another_reads()
    {
        var kept = Alone().Protect("kid1", Secret);
        Encoding.UTF8.GetString(kept).ShouldNotContain("private");
        Alone().Unprotect("kid1", kept).ShouldBe(Secret);
        origin.Versions.Count.ShouldBe(1);
    }

    [Fact]
    public void It_is_read_by_its_own_name_and_unchanged_only()
    {
        var protection = Instance();
        var kept = protection.Protect("kid1", Secret);
        protection.Unprotect("kid2", kept).ShouldBeNull();
        for (var i = 0; i < kept.Length; i++)
        {
            var changed = kept.ToArray();
            changed[i] ^= 1;
            protection.Unprotect("kid1", changed).ShouldBeNull();
            protection.Unprotect("kid1", kept.AsSpan(0, i)).ShouldBeNull();
        }
    }

    [Fact]
    public void Requests_bear_a_token_of_the_identity()
    {
        Instance().Protect("kid1", Secret);
        origin.Authorizations.ShouldNotBeEmpty();
        origin.Authorizations.ShouldAllBe(static value => value == "Bearer token");
    }

    [Fact]
    public void The_first_key_is_made_in_the_origin_and_every_region_keeps_a_copy()
    {
        var kept = Instance(0).Protect("kid1", Secret);
        Instance(1).Unprotect("kid1", kept).ShouldBe(Secret);
        Instance(1).Protect("kid1", Secret);
        origin.Versions.Count.ShouldBe(1);
        regions.ShouldAllBe(region => region.Values.SequenceEqual(origin.Values));
    }

    [Fact]
    public void A_new_version_takes_over_within_the_hour_and_what_older_ones_closed_still_opens()
    {
        var (running, old) = (Instance(0), Instance(1));
        var before = running.Protect("kid1", Secret);
        old.Unprotect("kid1", before).ShouldBe(Secret);
        origin.Add();
        clock.Advance(options.RefreshEvery);

        var after = running.Protect("kid1", Secret);

        KeyOf(after).ShouldNotBe(KeyOf(before));
        running.Unprotect("kid1", before).ShouldBe(Secret);
        old.Unprotect("kid1", after).ShouldBe(Secret);
        regions.ShouldAllBe(region => region.Values.SequenceEqual(origin.Values));
    }

    [Fact]
    public void A_region_that_comes_later_gets_older_keys_too_and_the_latest_last()
    {
        var first = Instance(0).Protect("kid1", Secret);
        origin.Add();
        origin.Add();
        Instance(1).Unprotect("kid1", first).ShouldBe(Secret);
        regions[1].Values.Order().ShouldBe(origin.Values.Order());
        regions[1].Values.Last().ShouldBe(origin.Values.Last());
    }

    [Fact]
    public void Without_the_origin_a_region_goes_on_with_its_copies_and_follows_it_when_it_is_back()
    {
        var kept = Instance().Protect("kid1", Secret);
        origin.Down = true;
        var started = Instance();
        started.Unprotect("kid1", kept).ShouldBe(Secret);
        KeyOf(started.Protect("kid2", Secret)).ShouldBe(KeyOf(kept));
        log.Warnings.ShouldContain(static line => line.Contains("out of reach"));

        origin.Down = false;
        origin.Add();
        clock.Advance(options.RefreshEvery);
        KeyOf(started.Protect("kid2", Secret)).ShouldNotBe(KeyOf(kept));
    }

    [Fact]
    public void Without_its_own_vault_a_region_goes_on_with_the_origin_and_has_its_copies_when_it_is_back()
    {
        regions[0].Down = true;
        var running = Instance();
        var kept = running.Protect("kid1", Secret);
        Instance(0).Unprotect("kid1", kept).ShouldBe(Secret);
        Instance(1).Unprotect("kid1", kept).ShouldBe(Secret);
        log.Warnings.ShouldContain(static line => line.Contains("cannot be copied to west.vault.azure.net"));

        regions[0].Down = false;
        clock.Advance(options.RefreshEvery);
        running.Unprotect("kid1", kept);
        regions[0].Values.ShouldBe(origin.Values);
    }

    [Fact]
    public void A_region_that_may_not_write_its_own_vault_protects_and_reads_nevertheless()
    {
        var old = Instance(1).Protect("kid1", Secret);
        origin.Add();
        regions[0].ReadOnly = true;
        var running = Instance(0);
        running.Unprotect("kid1", old).ShouldBe(Secret);
        Instance(1).Unprotect("kid1", running.Protect("kid1", Secret)).ShouldBe(Secret);
        regions[0].Versions.ShouldBeEmpty();
        log.Warnings.ShouldContain(static line => line.Contains("cannot be copied"));
    }

    [Fact]
    public void Without_any_vault_who_runs_goes_on_and_who_starts_fails()
    {
        var running = Instance();
        var kept = running.Protect("kid1", Secret);
        (origin.Down, regions[0].Down) = (true, true);
        clock.Advance(options.RefreshEvery);
        running.Unprotect("kid1", running.Protect("kid1", Secret)).ShouldBe(Secret);
        running.Unprotect("kid1", kept).ShouldBe(Secret);

        Should.Throw<VaultFailedException>(() => Instance().Protect("kid1", Secret)).Message.ShouldContain("cell.vault.azure.net");
        Should.Throw<VaultFailedException>(() => Instance().Unprotect("kid1", kept));
    }

    [Fact]
    public void Two_that_make_the_first_key_at_once_read_each_other_and_agree()
    {
        var (early, late) = (Instance(0), Instance(1));
        byte[] byLate = [];
        origin.BeforeNext = () => byLate = late.Protect("kid1", Secret);
        var byEarly = early.Protect("kid1", Secret);

        origin.Versions.Count.ShouldBe(2);
        KeyOf(byLate).ShouldNotBe(KeyOf(byEarly));
        early.Unprotect("kid1", byLate).ShouldBe(Secret);
        late.Unprotect("kid1", byEarly).ShouldBe(Secret);
        clock.Advance(options.RefreshEvery);
        KeyOf(late.Protect("kid1", Secret)).ShouldBe(KeyOf(early.Protect("kid1", Secret)));
        origin.Down = true;
        foreach (var region in (int[])[0, 1])
        {
            Instance(region).Unprotect("kid1", byEarly).ShouldBe(Secret);
            Instance(region).Unprotect("kid1", byLate).ShouldBe(Secret);
        }
    }

    [Fact]
    public void Requests_that_come_at_once_make_one_key()
    {
        var started = Instance();
        Parallel.For(0, 8, _ => started.Unprotect("kid1", started.Protect("kid1", Secret)).ShouldBe(Secret));
        origin.Versions.Count.ShouldBe(1);
    }

    [Fact]
    public void While_one_request_asks_for_a_new_key_others_go_on_with_the_one_they_have()
    {
        var running = Instance();
        var before = running.Protect("kid1", Secret);
        origin.Add();
        clock.Advance(options.RefreshEvery);
        byte[] meanwhile = [];
        regions[0].BeforeNext = () =>
        {
            var other = new Thread(() => meanwhile = running.Protect("kid1", Secret)) { IsBackground = true };
            other.Start();
            other.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        };
        KeyOf(running.Protect("kid1", Secret)).ShouldNotBe(KeyOf(before));
        KeyOf(meanwhile).ShouldBe(KeyOf(before));
    }

    [Fact]
    public void A_region_that_may_not_write_the_origin_waits_for_one_that_may()
    {
        origin.ReadOnly = true;
        var other = Instance(1);
        Should.Throw<VaultFailedException>(() => other.Protect("kid1", Secret));
        origin.ReadOnly = false;
        var kept = Instance(0).Protect("kid1", Secret);
        other.Unprotect("kid1", kept).ShouldBe(Secret);
    }

    [Fact]
    public void An_origin_that_was_made_again_gets_the_keys_of_a_region()
    {
        var old = Instance(0).Protect("kid1", Secret);
        origin.Add();
        var kept = Instance(0).Protect("kid1", Secret);
        origin.Versions.Clear();
        KeyOf(Instance(0).Protect("kid1", Secret)).ShouldBe(KeyOf(kept));
        origin.Values.ShouldBe(regions[0].Values);
        Instance(1).Unprotect("kid1", old).ShouldBe(Secret);
    }

    [Fact]
    public void A_key_that_no_vault_has_is_not_looked_for_again_and_again()
    {
        var kept = Instance().Protect("kid1", Secret);
        origin.Versions.Clear();
        regions[0].Versions.Clear();
        var running = Instance();
        running.Unprotect("kid1", kept).ShouldBeNull();
        var asked = origin.Authorizations.Count;
        running.Unprotect("kid1", kept).ShouldBeNull();
        origin.Authorizations.Count.ShouldBe(asked);
    }

    [Fact]
    public void A_version_that_is_disabled_opens_nothing_and_one_that_is_no_key_is_passed_over()
    {
        var kept = Alone().Protect("kid1", Secret);
        origin.Add("no key");
        origin.Add();
        Alone().Unprotect("kid1", kept).ShouldBe(Secret);
        origin.Versions[0].Enabled = false;
        Alone().Unprotect("kid1", kept).ShouldBeNull();
    }

    [Fact]
    public void A_latest_version_that_is_no_key_leaves_a_region_with_the_one_before()
    {
        var kept = Instance().Protect("kid1", Secret);
        origin.Add("c2hvcnQ=");
        KeyOf(Instance().Protect("kid1", Secret)).ShouldBe(KeyOf(kept));
        log.Warnings.ShouldContain(static line => line.Contains("is not 32 bytes"));
    }

    [Fact]
    public void A_vault_that_failed_is_left_alone_for_a_while()
    {
        var kept = Instance().Protect("kid1", Secret);
        (origin.Down, regions[0].Down) = (true, true);
        var started = Instance();
        Should.Throw<VaultFailedException>(() => started.Unprotect("kid1", kept));
        var asked = origin.Authorizations.Count;
        (origin.Down, regions[0].Down) = (false, false);
        Should.Throw<VaultFailedException>(() => started.Unprotect("kid1", kept));
        origin.Authorizations.Count.ShouldBe(asked);
        clock.Advance(options.LeftAloneFor);
        started.Unprotect("kid1", kept).ShouldBe(Secret);
    }

    [Fact]
    public void A_vault_that_does_not_answer_is_given_up_after_as_many_tries_as_configured()
    {
        var kept = Instance().Protect("kid1", Secret);
        var impatient = new KeyVaultOptions { Attempts = 3, Timeout = TimeSpan.FromMilliseconds(50), RetryAfter = TimeSpan.Zero };
        origin.Hangs = true;
        new KeyVaultProtection(regions[0].Keys(options), origin.Keys(impatient), options, clock, log).Unprotect("kid1", kept).ShouldBe(Secret);
        origin.GivenUp.ShouldBe(3);
    }

    /// <summary>On the real clock, which ends the wait.</summary>
    [Fact]
    public void A_vault_that_asks_for_a_long_wait_is_not_waited_for()
    {
        (options.Attempts, options.Timeout, options.RetryAfter) = (2, TimeSpan.FromSeconds(1), TimeSpan.Zero);
        (origin.Down, origin.RetryAfter) = (true, TimeSpan.FromMinutes(1));
        var keys = origin.Keys(options, TimeProvider.System);
        Should.Throw<VaultFailedException>(() => keys.Latest());
        origin.Authorizations.Count.ShouldBeLessThan(2);
    }

    enum Step { Protect, Restart, Rotate, OriginFails, RegionFails, AllReturn, TimePasses }

    /// <summary>Whatever fails and returns: what was protected opens or says that a vault is out of reach, and once all have copies nobody needs the origin.</summary>
    [Fact]
    public void Nothing_that_was_protected_is_ever_taken_for_unreadable() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(30).WithEndSize(40), Prop.ForAll(
        Gen.Elements(Enum.GetValues<Step>()).Zip(Gen.Choose(0, 1)).ListOf().ToArbitrary(), static steps =>
        {
            using var world = new KeyVaultProtectionTests();
            world.Play(steps);
        }));

    void Play(IEnumerable<(Step Step, int Region)> steps)
    {
        KeyVaultProtection[] running = [Instance(0), Instance(1)];
        List<byte[]> kept = [];
        foreach (var (step, region) in steps)
        {
            switch (step)
            {
                case Step.Protect: Try(() => kept.Add(running[region].Protect("kid1", Secret))); break;
                case Step.Restart: running[region] = Instance(region); break;
                case Step.Rotate: origin.Add(); break;
                case Step.OriginFails: origin.Down = true; break;
                case Step.RegionFails: regions[region].Down = true; break;
                case Step.AllReturn: Up(); break;
                default: clock.Advance(options.LeftAloneFor); break;
            }
            Try(() => kept.ForEach(one => running[1 - region].Unprotect("kid1", one).ShouldBe(Secret)));
        }
        Up();
        clock.Advance(options.RefreshEvery);
        Array.ForEach(running, one => kept.Add(one.Protect("kid1", Secret)));
        origin.Down = true;
        kept.ForEach(one => Instance(0).Unprotect("kid1", one).ShouldBe(Secret));
        kept.ForEach(one => Instance(1).Unprotect("kid1", one).ShouldBe(Secret));

        void Up() => (origin.Down, regions[0].Down, regions[1].Down) = (false, false, false);
        static void Try(Action action)
        {
            try
            {
                action();
            }
            catch (VaultFailedException)
            {
                // Said, and not taken for something else.
            }
        }
    }

    static string KeyOf(byte[] kept) => Convert.ToHexString(kept, 1, ProtectionKey.IdBytes);

    sealed class Lines : ILogger<KeyVaultProtection>
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Warnings.Add($"{formatter(state, exception)} {exception?.Message}");
            }
        }
    }
}
