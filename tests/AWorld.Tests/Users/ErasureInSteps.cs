using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Tests.Users;

/// <summary>An erasure as its workflow takes it step by step, where a test has no engine.</summary>
static class ErasureInSteps
{
    public static async ValueTask<Result<bool>> Erase(this Erasures erasures, Tenant tenant, string userId, Func<string, Error?> precondition, CancellationToken stop)
    {
        var begun = await erasures.Begin(tenant, userId, new("principal-1", null, null), precondition, stop);
        if (begun.Succeeded)
        {
            await Finish(erasures, tenant, userId, stop);
        }
        return begun;
    }

    public static async ValueTask Resume(this Erasures erasures, TimeSpan after, CancellationToken stop)
    {
        await foreach (var (tenant, userId) in erasures.Unfinished(after, stop))
        {
            await Finish(erasures, tenant, userId, stop);
        }
    }

    static async ValueTask Finish(Erasures erasures, Tenant tenant, string userId, CancellationToken stop)
    {
        await erasures.Close(tenant, userId, stop);
        var traces = new List<ErasedTraces>();
        foreach (var module in erasures.Modules)
        {
            var page = new ErasedPage();
            do
            {
                page = await erasures.EraseTraces(tenant, userId, module, page.Next, stop);
                traces.Add(new(module, page.Deleted, page.Pseudonymised));
            }
            while (page.Next is not null);
        }
        traces.Add(await erasures.ReleaseNames(tenant, userId, stop));
        await erasures.Complete(tenant, userId, traces, static _ => new("certificate"), stop);
    }
}
