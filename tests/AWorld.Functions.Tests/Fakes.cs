using System.Collections;
using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Functions.Tests;

/// <summary>An invocation as the worker would make it: a trigger and what came with it.</summary>
sealed class FakeInvocation(string function, string trigger, params (string Name, object? Value)[] data) : FunctionContext
{
    sealed class Definition(string name, string trigger) : FunctionDefinition
    {
        public override ImmutableArray<FunctionParameter> Parameters => [];
        public override string PathToAssembly => "";
        public override string EntryPoint => "";
        public override string Id => name;
        public override string Name => name;
        public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } = ImmutableDictionary<string, BindingMetadata>.Empty.Add("trigger", new Binding(trigger));
        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
    }

    sealed class Binding(string type) : BindingMetadata
    {
        public override string Name => "trigger";
        public override string Type => type;
        public override BindingDirection Direction => BindingDirection.In;
    }

    sealed class Data(IReadOnlyDictionary<string, object?> values) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => values;
    }

    sealed class Trace : TraceContext
    {
        public override string TraceParent => "";
        public override string TraceState => "";
    }

    sealed class FirstTry : RetryContext
    {
        public override int RetryCount => 0;
        public override int MaxRetryCount => 0;
    }

    sealed class InvocationFeatures : IInvocationFeatures
    {
        readonly Dictionary<Type, object> features = [];

        public T? Get<T>() => features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public void Set<T>(T? instance) => features[typeof(T)] = instance!;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    public CancellationToken Stop { get; init; }

    public override CancellationToken CancellationToken => Stop;
    public override string InvocationId => "invocation";
    public override string FunctionId => function;
    public override TraceContext TraceContext { get; } = new Trace();
    public override BindingContext BindingContext { get; } = new Data(data.ToDictionary(one => one.Name, one => one.Value));
    public override RetryContext RetryContext { get; } = new FirstTry();
    public override IServiceProvider InstanceServices { get; set; } = new ServiceCollection().BuildServiceProvider();
    public override FunctionDefinition FunctionDefinition { get; } = new Definition(function, trigger);
    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
    public override IInvocationFeatures Features { get; } = new InvocationFeatures();
}
