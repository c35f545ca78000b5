using System.Collections.Concurrent;
using System.Collections.Immutable;
using Pulumi.Testing;

namespace Pulumi;

public sealed class Deployment
{
    static readonly AsyncLocal<DeploymentInstance?> current = new();

    Deployment() { }

    public static DeploymentInstance Instance => current.Value ?? throw new InvalidOperationException("There is no deployment: the program runs by `pulumi up` or in a test.");

    public static Task<int> RunAsync(Func<IDictionary<string, object?>> func) =>
        throw new NotSupportedException("Built without Pulumi's packages. Set the environment variable AzurePackages=true for `pulumi up` (docs/infra.md).");

    public static async Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(IMocks testMocks, TestOptions testOptions, Func<IDictionary<string, object?>> createResources)
    {
        var session = new Session(testMocks, testOptions.ProjectName ?? "project", testOptions.StackName ?? "stack");
        Session.Enter(session);
        current.Value = new(session.ProjectName, session.StackName);
        var outputs = createResources();
        await session.Settled().ConfigureAwait(false);
        return ([.. session.Resources], outputs);
    }
}

public sealed class DeploymentInstance
{
    internal DeploymentInstance(string project, string stack) => (ProjectName, StackName) = (project, stack);

    public string ProjectName { get; }
    public string StackName { get; }
}

/// <summary>One run of a program against mocks.</summary>
sealed class Session(IMocks mocks, string project, string stack)
{
    static readonly AsyncLocal<Session?> current = new();

    readonly ConcurrentBag<Task> pending = [];

    public static Session Current => current.Value ?? throw new InvalidOperationException("Resources are made by `pulumi up` or in a test.");

    public string ProjectName { get; } = project;
    public string StackName { get; } = stack;
    public List<Resource> Resources { get; } = [];

    public static void Enter(Session session) => current.Value = session;

    public Task<(string? Id, IReadOnlyDictionary<string, object?> Values)> Register(string type, string name, ResourceArgs? args)
    {
        var registered = Run();
        pending.Add(registered);
        return registered;

        async Task<(string?, IReadOnlyDictionary<string, object?>)> Run()
        {
            var inputs = args is null ? ImmutableDictionary<string, object?>.Empty : await Wire.Properties(args).ConfigureAwait(false);
            var (id, state) = await mocks.NewResourceAsync(new() { Type = type, Name = name, Inputs = inputs! }).ConfigureAwait(false);
            return (id, (IReadOnlyDictionary<string, object?>)state);
        }
    }

    public async Task<T> Call<T>(string token) => (T)Wire.Read(await mocks.CallAsync(new() { Token = token }).ConfigureAwait(false), typeof(T))!;

    public Task Settled() => Task.WhenAll(pending);
}
