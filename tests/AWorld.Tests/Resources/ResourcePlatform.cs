using AWorld.Platform;

namespace AWorld.Tests.Resources;

/// <summary>One running platform for many tests; each takes a workspace of its own.</summary>
public sealed class ResourcePlatform : IAsyncLifetime
{
    int workspaces;

    public TestPlatform Platform { get; private set; } = null!;
    public FakeClock Clock => Platform.Clock;

    public TestWorkspace Workspace() => new(Platform, new Tenant(Platform.Tenant.AccountId, $"w{Interlocked.Increment(ref workspaces):D9}"));

    public async Task<(HttpClient Dashboard, Prepared Prepared)> Prepare()
    {
        var dashboard = Workspace().Dashboard();
        return (dashboard, await Prepared.In(dashboard));
    }

    public async ValueTask InitializeAsync() => Platform = await TestPlatform.Start();
    public ValueTask DisposeAsync() => Platform.DisposeAsync();
}
