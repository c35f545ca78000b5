using AWorld.Platform.Workflows;

namespace AWorld.Users;

sealed record ErasureRun(string UserId);
sealed record ErasureStep(string UserId, string Module, string? From);
sealed record ErasureEnd(string UserId, IReadOnlyList<ErasedTraces> Traces);

/// <summary>The erasure of a user after its first commit, in bounded steps that do no harm when they are done again.</summary>
static class ErasureWorkflow
{
    public static readonly Workflow<ErasureRun, Nothing> Workflow = new("user-erasure", 1, Run);

    static async Task<Nothing> Run(WorkflowContext context, ErasureRun input)
    {
        var traces = new List<ErasedTraces>();
        foreach (var module in await context.CallActivity(ErasureSteps.Close, input))
        {
            var erased = new ErasedTraces(module, 0, 0);
            string? from = null;
            do
            {
                var page = await context.CallActivity(ErasureSteps.EraseTraces, new(input.UserId, module, from));
                erased = erased with { Deleted = erased.Deleted + page.Deleted, Pseudonymised = erased.Pseudonymised + page.Pseudonymised };
                from = page.Next;
            }
            while (from is not null);
            traces.Add(erased);
        }
        traces.Add(await context.CallActivity(ErasureSteps.ReleaseNames, input));
        return await context.CallActivity(ErasureSteps.Complete, new(input.UserId, traces));
    }
}

sealed class ErasureSteps(Erasures erasures, ErasureRuns runs, ErasureCertificates certificates)
{
    public static readonly WorkflowActivity<ErasureRun, IReadOnlyList<string>> Close =
        WorkflowActivity.Of<ErasureSteps, ErasureRun, IReadOnlyList<string>>("user-erasure/close", static steps => steps.CloseAll);
    public static readonly WorkflowActivity<ErasureStep, ErasedPage> EraseTraces =
        WorkflowActivity.Of<ErasureSteps, ErasureStep, ErasedPage>("user-erasure/erase-traces", static steps => steps.ErasePage);
    public static readonly WorkflowActivity<ErasureRun, ErasedTraces> ReleaseNames =
        WorkflowActivity.Of<ErasureSteps, ErasureRun, ErasedTraces>("user-erasure/release-names", static steps => steps.Release);
    public static readonly WorkflowActivity<ErasureEnd, Nothing> Complete =
        WorkflowActivity.Of<ErasureSteps, ErasureEnd, Nothing>("user-erasure/complete", static steps => steps.End);

    Task<IReadOnlyList<string>> CloseAll(ActivityContext context, ErasureRun input, CancellationToken stop) => Told(context, input.UserId, async () =>
    {
        await erasures.Close(context.Tenant, input.UserId, stop);
        return erasures.Modules;
    });

    Task<ErasedPage> ErasePage(ActivityContext context, ErasureStep input, CancellationToken stop) =>
        Told(context, input.UserId, async () => await erasures.EraseTraces(context.Tenant, input.UserId, input.Module, input.From, stop));

    Task<ErasedTraces> Release(ActivityContext context, ErasureRun input, CancellationToken stop) =>
        Told(context, input.UserId, async () => await erasures.ReleaseNames(context.Tenant, input.UserId, stop));

    Task<Nothing> End(ActivityContext context, ErasureEnd input, CancellationToken stop) => Told(context, input.UserId, async () =>
    {
        await erasures.Complete(context.Tenant, input.UserId, input.Traces, erasure => certificates.Sign(context.Tenant, input.UserId, erasure, stop), stop);
        runs.Stopped(context.Tenant, input.UserId);
        return default(Nothing);
    });

    /// <summary>Who waits for the erasure need not wait for the retries.</summary>
    async Task<T> Told<T>(ActivityContext context, string userId, Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch
        {
            runs.Stopped(context.Tenant, userId);
            throw;
        }
    }
}
