using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;
using static AWorld.Embedded.Tests.Workflows.Flows;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>Activities that only answer, and workflows of them whose code can change.</summary>
static class EchoFlows
{
    public static readonly WorkflowActivity<string, string> Echo = new("echo", static (_, _, word, _) => Task.FromResult(word));
    public static readonly WorkflowActivity<string, string> Other = new("other", static (_, _, word, _) => Task.FromResult(word));
    public static readonly WorkflowActivity<int, string> Big = new("big", static (_, _, size, _) => Task.FromResult(new string('x', size)));

    public static Action<IServiceCollection> DeclareEchoes(params Workflow[] workflows) => services =>
    {
        services.AddActivity(Echo).AddActivity(Other).AddActivity(Big);
        foreach (var workflow in workflows)
        {
            services.AddWorkflow(workflow);
        }
    };

    public static Workflow<string, string> Calling(WorkflowActivity<string, string> activity, int version = 1) => Flow<string, string>(async (context, _) =>
    {
        var first = await context.CallActivity(activity, "a");
        await context.WaitFor<int>("go");
        return first + await context.CallActivity(Echo, $"-v{version}");
    }, version: version);
}
