using System.Collections.Frozen;
using System.Text.Json;

namespace AWorld.Platform.Workflows;

public static class WorkflowServices
{
    public static IServiceCollection AddWorkflow(this IServiceCollection services, Workflow workflow) => services.AddSingleton(workflow);

    public static IServiceCollection AddActivity(this IServiceCollection services, WorkflowActivity activity) => services.AddSingleton(activity);
}

/// <summary>What the modules have declared, for hosts to run. Two of one name and version stop the start.</summary>
public sealed class WorkflowRegistry(IEnumerable<Workflow> workflows, IEnumerable<WorkflowActivity> activities, IServiceScopeFactory scopes)
{
    readonly FrozenDictionary<(string, int), Workflow> workflows = Once(workflows, static workflow => (workflow.Name, workflow.Version));
    readonly FrozenDictionary<string, WorkflowActivity> activities = Once(activities, static activity => activity.Name);

    public IEnumerable<Workflow> Workflows => workflows.Values;
    public IEnumerable<WorkflowActivity> Activities => activities.Values;

    public Workflow? Find(string name, int version) => workflows.GetValueOrDefault((name, version));

    /// <summary>Runs an activity in a scope of its own.</summary>
    public async Task<JsonElement> Run(string activity, ActivityContext context, JsonElement input, CancellationToken stop)
    {
        if (!activities.TryGetValue(activity, out var found))
        {
            throw new InvalidOperationException($"no activity '{activity}' is registered");
        }
        await using var scope = scopes.CreateAsyncScope();
        return await found.Run(scope.ServiceProvider, context, input, stop);
    }

    static FrozenDictionary<TKey, T> Once<TKey, T>(IEnumerable<T> declared, Func<T, TKey> key) where TKey : notnull
    {
        var found = new Dictionary<TKey, T>();
        foreach (var one in declared)
        {
            if (!found.TryAdd(key(one), one))
            {
                throw new InvalidOperationException($"'{key(one)}' is registered twice");
            }
        }
        return found.ToFrozenDictionary();
    }
}
