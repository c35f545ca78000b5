using System.Diagnostics;
using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using AWorld.Tests.Game;
using AWorld.Users;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Users;

/// <summary>Erasures that meet what the user does at the same moment, and that die on the way.</summary>
public sealed class ErasureTests
{
    static readonly Tenant Tenant = GameWorld.Tenant;

    readonly MemoryStore store = new();
    readonly FakeClock clock = new(TestPlatform.Start0);

    async Task<IReadOnlyList<Document>> Documents(string userId, string prefix) =>
        (await store.Query(Partition.Player(Tenant, userId), DocumentQuery.Prefix(prefix), default)).Items;

    async Task<StoredProfile> Profile(string userId) =>
        Json.Read<StoredProfile>((await store.Read(Partition.Player(Tenant, userId), StoredProfile.DocumentId, default))!.Body);

    /// <summary>The action knows the user, and is overtaken by the erasure after each number of its calls to the store.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_action_that_read_the_user_before_the_erasure_adds_nothing_after_it(bool hasActed)
    {
        var (applied, refused) = (0, 0);
        for (var calls = 0; refused == 0 || applied == 0; calls++)
        {
            (applied, refused) = await Overtaken(calls, hasActed) ? (applied + 1, refused) : (applied, refused + 1);
            calls.ShouldBeLessThan(10);
        }
    }

    static async Task<bool> Overtaken(int calls, bool hasActed)
    {
        var test = new ErasureTests();
        var userId = await GameProcess.Configure(test.store, test.clock);
        using var acting = new GameProcess(test.store, test.clock);
        using var erasing = new GameProcess(test.store, test.clock);
        var action = new ActionInput("walk", Value: 3, ActivityLogId: "log-1", AdditionalData: JsonElement.Parse("""{ "note": "private" }"""));
        if (hasActed)
        {
            await acting.Actions.Take(Tenant, userId, action with { ActivityLogId = "log-0" }, GameWorld.Somebody, null, default);
        }
        await acting.Start(userId);
        Result<Answer> answer = default;
        await acting.Run(async () => answer = await acting.Actions.Take(Tenant, userId, action, GameWorld.Somebody, new("key", "idempotency:1", "hash"), default));
        for (; calls > 0 && acting.Store.IsWaiting; calls--)
        {
            await acting.Store.Step(StepOutcome.Done);
            await acting.Settled();
        }
        (await erasing.Erasures.Erase(Tenant, userId, static _ => null, default)).Succeeded.ShouldBeTrue();
        var before = await test.Documents(userId, "journal:");
        while (acting.Store.IsWaiting)
        {
            await acting.Store.Step(StepOutcome.Done);
            await acting.Settled();
        }
        (await test.Documents(userId, "journal:")).Select(document => document.ETag).ShouldBe(before.Select(document => document.ETag));
        (await test.Documents(userId, "idempotency:")).ShouldBeEmpty();
        foreach (var entry in before)
        {
            System.Text.Encoding.UTF8.GetString(entry.Body.Span).ShouldNotContain("private");
        }
        if (!answer.Succeeded)
        {
            answer.Error.Status.ShouldBe(404);
        }
        return answer.Succeeded;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_died_at_any_step_is_finished_by_itself(bool after)
    {
        var died = true;
        for (var step = 1; died; step++)
        {
            var test = new ErasureTests();
            var userId = await GameProcess.Configure(test.store, test.clock);
            using (var process = new GameProcess(test.store, test.clock))
            {
                await process.Actions.Take(Tenant, userId, new ActionInput("walk"), GameWorld.Somebody, null, default);
                var commits = 0;
                test.store.Faults = (_, _) => ++commits >= step ? after ? MemoryStore.Fault.After : MemoryStore.Fault.Before : MemoryStore.Fault.None;
                died = await Record.ExceptionAsync(async () => await process.Erasures.Erase(Tenant, userId, static _ => null, default)) is not null;
                test.store.Faults = static (_, _) => MemoryStore.Fault.None;
            }
            using var next = new GameProcess(test.store, test.clock);
            await next.Erasures.Resume(TimeSpan.Zero, default);
            (await test.store.Query(Partition.Platform(Partition.PlatformAccount), DocumentQuery.Prefix("erasure:"), default)).Items.ShouldBeEmpty();
            var profile = await test.Profile(userId);
            if (profile.User is not null)
            {
                // It died before it began: whoever asked was not told that it did.
                (await next.Users.Find(Tenant, userId, default)).ShouldNotBeNull();
                continue;
            }
            profile.Erasure!.CompletedAt.ShouldNotBeNull($"step {step}");
            profile.Erasure.Remaining.ShouldBeNull();
            var again = await next.Users.Create(Tenant, new("ada@example.org", ExternalId: "ada"), default);
            again.Value.UserId.ShouldNotBe(userId);
            step.ShouldBeLessThan(50);
        }
    }

    /// <summary>Fails until the test lets it go on.</summary>
    sealed class Stubborn : IUserTraces
    {
        public bool Fails { get; set; } = true;
        public string Module => "stubborn";
        public ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop) => Fails ? throw new IOException("the traces cannot be reached") : new(new ErasedPage());
    }

    [Fact]
    public async Task A_start_finishes_what_the_last_process_left_and_so_does_time()
    {
        var stubborn = new Stubborn();
        var platform = await TestPlatform.Start(configure: builder => builder.Services.AddSingleton<IUserTraces>(stubborn));
        var (ada, bob) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob"));
        (await platform.Dashboard().Delete($"/dashboard/v1/users/{ada}")).Flag("deleted").ShouldBeTrue();
        (await platform.Dashboard().Get($"/dashboard/v1/users/{ada}/erasure")).Text("state").ShouldBe("RUNNING");
        await platform.Dashboard().Refused(404, HttpMethod.Get, $"/dashboard/v1/users/{ada}");
        await platform.Stop();

        stubborn.Fails = false;
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await using var next = await TestPlatform.Start(platform.Data, platform.Clock, builder => builder.Services.AddSingleton<IUserTraces>(stubborn));
        await Finished(next, ada);
        stubborn.Fails = true;
        await next.Dashboard().Delete($"/dashboard/v1/users/{bob}");
        stubborn.Fails = false;
        await Finished(next, bob);
    }

    /// <summary>Time passes until it is.</summary>
    static async Task Finished(TestPlatform platform, string userId)
    {
        var (store, since) = (platform.Service<IDocumentStore>(), Stopwatch.GetTimestamp());
        while (Json.Read<StoredProfile>((await store.Read(Partition.Player(platform.Tenant, userId), StoredProfile.DocumentId, default))!.Body) is { Erasure.CompletedAt: null })
        {
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(60), $"nobody finishes the erasure: {await History(platform, userId)}");
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    static async Task<string> History(TestPlatform platform, string userId) =>
        Json.Element((await platform.Service<IWorkflowClient>().History(platform.Tenant, $"user-erasure:{userId}", null, default)).Value).GetRawText();
}
