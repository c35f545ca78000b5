using AWorld.Functions.KeyVault;
using FsCheck.Fluent;

namespace AWorld.Functions.Tests.KeyVault;

/// <summary>Vaults that are lost, or may not be written, and return.</summary>
public sealed class KeyVaultLossTests : KeyVaultRegions
{
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
            using var world = new KeyVaultLossTests();
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
}
