using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Users;

public sealed class UserDirectoryTests : IDisposable
{
    static readonly Tenant Tenant = new("account001", "workspace1");

    readonly MemoryStore store = new();
    readonly FakeClock clock = new(TestPlatform.Start0);
    readonly Snapshots snapshots;
    readonly UserDirectory users;
    readonly Erasures erasures;

    public UserDirectoryTests()
    {
        var ids = new Ids();
        var principals = new Principals(store, ids, clock, Options.Create(new PlatformOptions()));
        var (clocks, game) = (new WorkspaceClocks(clock), Options.Create(new GameOptions()));
        var players = new Players(store, new ServiceCollection().BuildServiceProvider(), game, clocks, NullLogger<Players>.Instance);
        snapshots = new(store, [], Options.Create(new SnapshotOptions()), clock);
        users = new(store, new(players, snapshots, new(players, store, game, clocks), game, clocks), principals, [], ids, clocks, Options.Create(new UsersOptions()), NullLogger<UserDirectory>.Instance);
        erasures = new(store, users, principals, [], ids, new(clock));
    }

    public void Dispose() => snapshots.Dispose();

    ValueTask<Result<UserProfile>> Create(string email, string? externalId = null) => users.Create(Tenant, new(email, ExternalId: externalId), default);

    ValueTask<IResult> Change(string userId, Func<UserProfile, UserProfile> change) =>
        users.Change(new DefaultHttpContext(), Tenant, userId, user => change(user), static stored => Answer.Ok(stored.Version));

    [Fact]
    public async Task A_creation_that_dies_at_any_step_can_be_repeated_at_once()
    {
        for (var step = 1; step < 10; step++)
        {
            foreach (var fault in new[] { MemoryStore.Fault.Before, MemoryStore.Fault.After })
            {
                var (commits, email, externalId) = (0, $"{fault}{step}@example.org", $"{fault}{step}");
                store.Faults = (_, _) => ++commits >= step ? fault : MemoryStore.Fault.None;
                var died = await Record.ExceptionAsync(async () => await Create(email, externalId));
                store.Faults = static (_, _) => MemoryStore.Fault.None;

                var again = await Create(email, externalId);
                var user = await users.ByEmail(Tenant, email, default);
                user.ShouldNotBeNull($"{fault} {step}");
                user.ExternalId.ShouldBe(externalId);
                (again.Succeeded ? again.Value.UserId : user.UserId).ShouldBe(user.UserId);
                if (died is not null && !again.Succeeded)
                {
                    again.Error.Status.ShouldBe(409);
                }
            }
        }
        clock.Advance(UserIndex.OperationTimeout);
        (await users.Page(Tenant, false, null, 100, default)).Users.Count.ShouldBe(18);
    }

    [Fact]
    public async Task An_external_id_of_a_creation_that_died_is_free_for_others_after_a_while()
    {
        store.Faults = (partition, _) => partition.Container == Container.Players ? MemoryStore.Fault.Before : MemoryStore.Fault.None;
        await Record.ExceptionAsync(async () => await Create("dead@example.org", "x"));
        store.Faults = static (_, _) => MemoryStore.Fault.None;
        (await Create("alive@example.org", "x")).Error!.Details!.ShouldHaveSingleItem().Field.ShouldBe("externalId");
        clock.Advance(UserIndex.OperationTimeout);
        (await Create("alive@example.org", "x")).Succeeded.ShouldBeTrue();
        (await Create("dead@example.org", "y")).Succeeded.ShouldBeTrue();
        (await users.ByExternalId(Tenant, "x", default))!.UserId.ShouldBe((await users.ByEmail(Tenant, "alive@example.org", default))!.UserId);
    }

    [Fact]
    public async Task A_change_is_seen_at_once_and_a_read_that_it_overtook_is_not_kept()
    {
        var user = (await Create("a@example.org")).Value;
        (await users.Find(Tenant, user.UserId, default))!.Nickname.ShouldBeNull();
        await Change(user.UserId, found => found with { Nickname = "Nick" });
        (await users.Find(Tenant, user.UserId, default))!.Nickname.ShouldBe("Nick");

        var cache = new RecentCache<string, string>(16, TimeSpan.FromSeconds(5), new(clock));
        var (reading, read) = (new TaskCompletionSource(), new TaskCompletionSource<string?>());
        var stale = cache.Get("k", async (_, _) => { reading.SetResult(); return await read.Task; }, default);
        await reading.Task;
        cache.Remove("k");
        read.SetResult("old");
        (await stale).ShouldBe("old");
        (await cache.Get("k", static (_, _) => new("new"), default)).ShouldBe("new");
        (await cache.Get("k", static (_, _) => throw new InvalidOperationException("it is kept"), default)).ShouldBe("new");
        clock.Advance(TimeSpan.FromSeconds(5));
        (await cache.Get("k", static (_, _) => new("newer"), default)).ShouldBe("newer");
    }

    [Fact]
    public async Task A_user_may_carry_more_tags_than_one_batch_can_index()
    {
        IReadOnlyList<TagAssignment> tags = [.. Enumerable.Range(0, 200).Select(one => new TagAssignment($"tag{one}", 0, TestPlatform.Start0, TestPlatform.Start0))];
        var user = (await users.Create(Tenant, new("a@example.org", Tags: tags), default)).Value;
        (await Tagged("tag0")).ShouldBe([user.UserId]);
        (await Tagged("tag199")).ShouldBe([user.UserId]);
        (await erasures.Erase(Tenant, user.UserId, static _ => null, default)).Succeeded.ShouldBeTrue();
        (await Tagged("tag199")).ShouldBeEmpty();
    }

    /// <summary>Whatever happens, and wherever the store fails meanwhile: what the profiles say, the directory says.</summary>
    [Fact]
    public void The_directory_agrees_with_the_profiles_after_any_history()
    {
        var step = from kind in Gen.Choose(0, 4)
                   from who in Gen.Choose(0, 5)
                   from what in Gen.Choose(0, 5)
                   from failing in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 6)))
                   from after in Gen.Elements(true, false)
                   select new Step(kind, who, what, failing, after);
        Prop.ForAll(Gen.ListOf(step).ToArbitrary(), history => new UserDirectoryTests().Agrees([.. history]).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    sealed record Step(int Kind, int Who, int What, int Failing, bool After);

    async Task<bool> Agrees(IReadOnlyList<Step> history)
    {
        foreach (var step in history)
        {
            var commits = 0;
            store.Faults = (_, _) => ++commits == step.Failing ? step.After ? MemoryStore.Fault.After : MemoryStore.Fault.Before : MemoryStore.Fault.None;
            await Record.ExceptionAsync(() => Take(step));
            store.Faults = static (_, _) => MemoryStore.Fault.None;
            clock.Advance(TimeSpan.FromSeconds(7));
        }
        clock.Advance(UserIndex.OperationTimeout);
        await erasures.Resume(TimeSpan.Zero, default);

        var listed = await Listed();
        var profiles = (await Profiles()).OrderBy(user => user.UpdatedAt).ThenBy(user => user.UserId, StringComparer.Ordinal).ToList();
        listed.Select(user => user.UserId).ShouldBe(profiles.Select(user => user.UserId));
        profiles.Where(user => user.ExternalId is not null).Select(user => user.ExternalId).ShouldBeUnique();
        for (var one = 0; one <= 5; one++)
        {
            (await users.ByExternalId(Tenant, $"x{one}", default))?.UserId.ShouldBe(profiles.SingleOrDefault(user => user.ExternalId == $"x{one}")?.UserId);
            (await Tagged($"t{one}")).Order(StringComparer.Ordinal).ShouldBe(profiles.Where(user => user.Tags.Any(tag => tag.TagId == $"t{one}")).Select(user => user.UserId).Order(StringComparer.Ordinal));
            if (profiles.All(user => user.ExternalId != $"x{one}"))
            {
                (await Create($"new{one}@example.org", $"x{one}")).Succeeded.ShouldBeTrue($"nobody carries x{one}");
            }
        }
        return true;
    }

    async Task Take(Step step)
    {
        var user = await users.ByEmail(Tenant, $"u{step.Who}@example.org", default);
        switch (step.Kind)
        {
            case 0 or 1:
                await Create($"u{step.Who}@example.org", $"x{step.What}");
                break;
            case 2 when user is not null:
                await Change(user.UserId, found => found with { ExternalId = $"x{step.What}" });
                break;
            case 3 when user is not null:
                await Change(user.UserId, found => found with { Tags = [new($"t{step.What}", 0, found.CreatedAt, found.CreatedAt)] });
                break;
            case 4 when user is not null:
                await erasures.Erase(Tenant, user.UserId, static _ => null, default);
                break;
        }
    }

    async Task<List<UserProfile>> Listed()
    {
        var (found, position) = (new List<UserProfile>(), (string?)null);
        do
        {
            var page = await users.Page(Tenant, false, position, 3, default);
            found.AddRange(page.Users);
            position = page.Position;
        }
        while (position is not null);
        return found;
    }

    async Task<List<UserProfile>> Profiles() =>
        [.. (await store.Changes(Container.Players, "", 10_000, [], default)).Items.Select(UserChange.TryRead).OfType<UserProfile>()];

    async Task<List<string>> Tagged(string tagId)
    {
        var found = new List<string>();
        await foreach (var userId in users.Tagged(Tenant, tagId, default))
        {
            found.Add(userId);
        }
        return found;
    }
}
