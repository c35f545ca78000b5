using System.Collections.Concurrent;
using System.Collections.Immutable;
using AWorld.Infra.Topologies;
using AWorld.Platform.Messages;
using Pulumi;
using Pulumi.Testing;

namespace AWorld.Infra;

/// <summary>A resource as Azure would be asked for it.</summary>
/// <param name="Type">As in azure-native:storage:StorageAccount.</param>
/// <param name="Name">Pulumi's name of it.</param>
/// <param name="Inputs">Texts, numbers, lists and dictionaries.</param>
sealed record Declared(string Type, string Name, ImmutableDictionary<string, object> Inputs)
{
    public string Id => IdOf(Type, Name);

    /// <summary>Cannot be deleted, nor replaced.</summary>
    public bool Protected { get; init; }

    /// <summary>Inputs whose later changes are not sent to Azure.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Ids of what must be made before it, beside what its inputs are taken from.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    internal static string IdOf(string type, string name) => $"/{type}/{name}";

    /// <summary>The value at a path of property names and list indices; null: there is none.</summary>
    public object? this[string path] => path.Split('.').Aggregate((object?)Inputs, static (value, step) => value switch
    {
        ImmutableDictionary<string, object> map => map.GetValueOrDefault(step),
        ImmutableArray<object> list when int.TryParse(step, out var i) && i < list.Length => list[i],
        _ => null,
    });

    public IEnumerable<object> List(string path) => this[path] is ImmutableArray<object> list ? list : [];

    public override string ToString() => $"{Type[(Type.LastIndexOf(':') + 1)..]} {Name}";
}

/// <summary>Runs the program without engine or account, and keeps what it would make.</summary>
sealed class Graph : IMocks
{
    readonly ConcurrentBag<Declared> declared = [];
    readonly ConcurrentDictionary<string, ResourceOptions> options = new(StringComparer.Ordinal);

    public static async Task<IReadOnlyList<Declared>> Of(Topology topology, IReadOnlyList<MessageEntity> entities, TimeProvider? clock = null)
    {
        var graph = new Graph();
        await Deployment.TestAsync(graph, new() { ProjectName = "aworld", StackName = topology.Stack }, () => Platform.Make(topology, entities, clock ?? TimeProvider.System, graph.Keep));
        return [.. graph.declared.OrderBy(static one => one.Type, StringComparer.Ordinal).ThenBy(static one => one.Name, StringComparer.Ordinal)];
    }

    /// <summary>Mocks are not told of options.</summary>
    ResourceTransformationResult? Keep(ResourceTransformationArgs made)
    {
        options[Declared.IdOf(made.Resource.GetResourceType(), made.Resource.GetResourceName())] = made.Options;
        return null;
    }

    /// <summary>Answers with the inputs and what Azure would add to them.</summary>
    public async Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        var resource = new Declared(args.Type!, args.Name!, args.Inputs);
        if (args.Type!.StartsWith("azure-native:", StringComparison.Ordinal))
        {
            var own = options.GetValueOrDefault(resource.Id) ?? new CustomResourceOptions();
            declared.Add(resource with { Protected = own.Protect == true, Ignored = own.IgnoreChanges, After = await Ids(own.DependsOn).ConfigureAwait(false) });
        }
        var name = NameOf(resource);
        var state = args.Inputs.SetItem("name", name)
            .SetItem("nameServers", ImmutableArray.Create<object>("ns1.example", "ns2.example")).SetItem("defaultHostName", $"{name}.azurewebsites.net").SetItem("hostName", $"{name}.host.example").SetItem("frontDoorId", "front-door-id")
            .SetItem("principalId", $"principal-of-{name}").SetItem("clientId", $"client-of-{name}").SetItem("connectionString", $"InstrumentationKey={name}")
            .SetItem("validationProperties", ImmutableDictionary<string, object>.Empty.Add("validationToken", "token").Add("expirationDate", "2026-01-01"));
        if (resource.Type == "azure-native:durabletask:Scheduler")
        {
            state = state.SetItem("properties", ImmutableDictionary<string, object>.Empty.Add("endpoint", $"https://{name}.durabletask.example"));
        }
        return (resource.Id, state);
    }

    static async Task<IReadOnlyList<string>> Ids(InputList<Resource> resources)
    {
        var ids = new List<string>();
        await foreach (var one in resources.ConfigureAwait(false))
        {
            var id = new TaskCompletionSource<string>();
            ((Output<Resource>)one).Apply(resource => id.TrySetResult(Declared.IdOf(resource.GetResourceType(), resource.GetResourceName())));
            ids.Add(await id.Task.ConfigureAwait(false));
        }
        return ids;
    }

    public Task<object> CallAsync(MockCallArgs args) => Task.FromResult<object>(ImmutableDictionary<string, object>.Empty
        .Add("subscriptionId", "00000000-0000-0000-0000-000000000001").Add("tenantId", "00000000-0000-0000-0000-000000000002").Add("clientId", "operator").Add("objectId", "operator"));

    /// <summary>Azure's name of a resource: the input that is called for its kind.</summary>
    internal static string NameOf(Declared resource)
    {
        var kind = resource.Type[(resource.Type.LastIndexOf(':') + 1)..];
        string[] candidates = [$"{kind}Name", "resourceName", "name", .. resource.Inputs.Keys.Where(key => key.EndsWith("Name", StringComparison.Ordinal) && kind.EndsWith(key[..^4], StringComparison.OrdinalIgnoreCase)), "accountName", "clusterName", "relativeRecordSetName"];
        return candidates.Select(key => resource.Inputs.FirstOrDefault(input => string.Equals(input.Key, key, StringComparison.OrdinalIgnoreCase)).Value).OfType<string>().FirstOrDefault() ?? resource.Name;
    }
}
