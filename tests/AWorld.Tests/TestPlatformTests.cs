using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests;

/// <summary>What all other tests rely on.</summary>
public sealed class TestPlatformTests
{
    [Fact]
    public async Task A_workspace_is_made_in_an_account_that_is_there_and_what_was_there_stays()
    {
        await using var platform = await TestPlatform.Start();
        var (added, stop) = (new Tenant(platform.Tenant.AccountId, "workspace9"), TestContext.Current.CancellationToken);
        await platform.Make(platform.Tenant, added);
        (await platform.Service<Workspaces>().Find(added, stop)).ShouldNotBeNull().WorkspaceId.ShouldBe("workspace9");
        (await platform.Service<Workspaces>().Find(platform.Tenant, stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task One_that_cannot_start_leaves_nothing_behind_that_runs()
    {
        var part = new Part();
        await Should.ThrowAsync<IOException>(TestPlatform.Start(configure: builder =>
        {
            builder.Services.AddSingleton(_ => part);
            builder.Services.AddSingleton<Accounts>(services => services.GetRequiredService<Part>().Fail());
        }));
        part.IsDisposed.ShouldBeTrue();
    }

    sealed class Part : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public Accounts Fail() => throw new IOException("it cannot be made");

        public void Dispose() => IsDisposed = true;
    }
}
