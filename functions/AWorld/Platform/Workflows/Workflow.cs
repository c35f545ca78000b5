using System.Text.Json;

namespace AWorld.Platform.Workflows;

/// <summary>Where a workflow or an activity gives nothing back.</summary>
public readonly record struct Nothing;

/// <summary>One version of an orchestration as hosts see it. Names are stable for ever: running instances and their history hold them.</summary>
public abstract class Workflow(string name, int version)
{
    public string Name { get; } = name;

    /// <summary>Instances keep the version they started with, so an old one stays registered until its last instance ended.</summary>
    public int Version { get; } = version;

    /// <summary>Runs the orchestration from its beginning; only hosts call it.</summary>
    public abstract Task<JsonElement> Run(WorkflowContext context, JsonElement input);

    public override string ToString() => $"{Name} v{Version}";
}

/// <summary>
/// Declares an orchestration: a static async method that does no I/O, reads no clock and awaits nothing but what its
/// <see cref="WorkflowContext"/> (and Task.WhenAll and WhenAny over it) gives, because it is run again from its
/// history. docs/workflows.md has the rules.
/// </summary>
public sealed class Workflow<TIn, TOut>(string name, int version, Func<WorkflowContext, TIn, Task<TOut>> run) : Workflow(name, version)
{
    public override async Task<JsonElement> Run(WorkflowContext context, JsonElement input) => Json.Element(await run(context, WorkflowJson.Read<TIn>(input)));
}

public static class WorkflowJson
{
    /// <summary>A null that was left out of history is a null of the type.</summary>
    public static T Read<T>(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? default! : value.Deserialize<T>(Json.Options)!;
}
