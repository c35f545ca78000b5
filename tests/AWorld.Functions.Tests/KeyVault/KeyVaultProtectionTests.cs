using System.Text;

namespace AWorld.Functions.Tests.KeyVault;

/// <summary>What is protected, by which key, and who reads it.</summary>
public sealed class KeyVaultProtectionTests : KeyVaultRegions
{
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
}
