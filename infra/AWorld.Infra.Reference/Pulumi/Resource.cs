using System.Reflection;

namespace Pulumi;

public abstract class InputArgs;

public abstract class ResourceArgs : InputArgs
{
    public static readonly ResourceArgs Empty = new Nothing();

    sealed class Nothing : ResourceArgs;
}

public abstract class ResourceOptions
{
    public InputList<Resource> DependsOn { get => field ??= []; set; }
    public List<string> IgnoreChanges { get => field ??= []; set; }
    public Resource? Parent { get; set; }
    public bool? Protect { get; set; }
    public List<ResourceTransformation> ResourceTransformations { get => field ??= []; set; }
}

public delegate ResourceTransformationResult? ResourceTransformation(ResourceTransformationArgs args);

public readonly struct ResourceTransformationArgs(Resource resource, ResourceArgs args, ResourceOptions options)
{
    public Resource Resource { get; } = resource;
    public ResourceArgs Args { get; } = args;
    public ResourceOptions Options { get; } = options;
}

public readonly struct ResourceTransformationResult(ResourceArgs args, ResourceOptions options)
{
    public ResourceArgs Args { get; } = args;
    public ResourceOptions Options { get; } = options;
}

public sealed class CustomResourceOptions : ResourceOptions;

public sealed class ComponentResourceOptions : ResourceOptions;

public class Resource
{
    readonly string type, name;
    readonly IReadOnlyList<ResourceTransformation> transformations;

    private protected Resource(string type, string name, ResourceArgs? args, ResourceOptions? options, bool custom)
    {
        var session = Session.Current;
        (this.type, this.name) = (type, name);
        // A resource's own first, then those of whatever it is in.
        transformations = [.. options?.ResourceTransformations ?? [], .. options?.Parent?.transformations ?? []];
        foreach (var transformation in transformations)
        {
            if (transformation(new(this, args ?? ResourceArgs.Empty, options ?? new CustomResourceOptions())) is { } changed)
            {
                (args, options) = (changed.Args, changed.Options);
            }
        }
        Registration = session.Register(type, name, args);
        Urn = new(Task.FromResult($"urn:pulumi:{session.StackName}::{session.ProjectName}::{type}::{name}"));
        if (custom)
        {
            foreach (var property in GetType().GetProperties().Where(static property => property.DeclaringType != typeof(Resource)))
            {
                if (property.GetCustomAttribute<OutputAttribute>() is { } output)
                {
                    property.DeclaringType!.GetProperty(property.Name)!.SetValue(this, Later(property, output.Name ?? property.Name));
                }
            }
        }
        session.Resources.Add(this);
    }

    private protected Task<(string? Id, IReadOnlyDictionary<string, object?> Values)> Registration { get; }

    [Output("urn")] public Output<string> Urn { get; private set; }

    public string GetResourceType() => type;

    public string GetResourceName() => name;

    object Later(PropertyInfo property, string name)
    {
        var read = typeof(Resource).GetMethod(nameof(Read), BindingFlags.Instance | BindingFlags.NonPublic)!;
        return read.MakeGenericMethod(property.PropertyType.GetGenericArguments()[0]).Invoke(this, [name])!;
    }

    Output<T> Read<T>(string name)
    {
        return new(Run());

        async Task<T> Run()
        {
            var (id, values) = await Registration.ConfigureAwait(false);
            return (T)Wire.Read(name == "id" ? id : values.GetValueOrDefault(name), typeof(T))!;
        }
    }
}

public class InvokeOptions;

public class RunException(string message) : Exception(message);

public class CustomResource : Resource
{
    public CustomResource(string type, string name, ResourceArgs? args, CustomResourceOptions? options = null) : base(type, name, args, options, custom: true) { }

    [Output("id")] public Output<string> Id { get; private set; } = null!;
}

public class ComponentResource : Resource
{
    public ComponentResource(string type, string name, ComponentResourceOptions? options = null) : base(type, name, null, options, custom: false) { }

    protected void RegisterOutputs() { }
}
