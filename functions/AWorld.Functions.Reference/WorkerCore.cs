using System.Collections.Immutable;
using AWorld.Functions.Reference;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker
{
    public abstract class BindingContext
    {
        public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
    }

    public enum BindingDirection { In, Out }

    public abstract class BindingMetadata
    {
        public abstract string Name { get; }
        public abstract string Type { get; }
        public abstract BindingDirection Direction { get; }
    }

    public abstract class FunctionContext
    {
        public abstract string InvocationId { get; }
        public abstract string FunctionId { get; }
        public abstract TraceContext TraceContext { get; }
        public abstract BindingContext BindingContext { get; }
        public abstract RetryContext RetryContext { get; }
        public abstract IServiceProvider InstanceServices { get; set; }
        public abstract FunctionDefinition FunctionDefinition { get; }
        public abstract IDictionary<object, object> Items { get; set; }
        public abstract IInvocationFeatures Features { get; }
        public virtual CancellationToken CancellationToken { get; }
    }

    public static class FunctionContextBindingFeatureExtensions
    {
        public static ValueTask<InputBindingData<T>> BindInputAsync<T>(this FunctionContext context, BindingMetadata bindingMetadata) => throw Unavailable.Here;
    }

    public abstract class FunctionDefinition
    {
        public abstract ImmutableArray<FunctionParameter> Parameters { get; }
        public abstract string PathToAssembly { get; }
        public abstract string EntryPoint { get; }
        public abstract string Id { get; }
        public abstract string Name { get; }
        public abstract IImmutableDictionary<string, BindingMetadata> InputBindings { get; }
        public abstract IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }
    }

    public class FunctionParameter(string name, Type type)
    {
        public string Name { get; } = name;
        public Type Type { get; } = type;
    }

    public interface IFunctionsWorkerApplicationBuilder
    {
        IServiceCollection Services { get; }
        IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware);
    }

    public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
    {
        T? Get<T>();
        void Set<T>(T? instance);
    }

    public abstract class InputBindingData<T>
    {
        public abstract BindingMetadata BindingMetadata { get; }
        public abstract T? Value { get; set; }
    }

    public abstract class RetryContext
    {
        public abstract int RetryCount { get; }
        public abstract int MaxRetryCount { get; }
    }

    public abstract class TraceContext
    {
        public abstract string TraceParent { get; }
        public abstract string TraceState { get; }
    }

    public class WorkerOptions
    {
        public ObjectSerializer? Serializer { get; set; }
    }
}


namespace Microsoft.Azure.Functions.Worker.Middleware
{
    public delegate Task FunctionExecutionDelegate(FunctionContext context);

    public interface IFunctionsWorkerMiddleware
    {
        Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
    }
}

namespace Microsoft.Extensions.Hosting
{
    using Microsoft.Azure.Functions.Worker;

    public static class MiddlewareWorkerApplicationBuilderExtensions
    {
        public static IFunctionsWorkerApplicationBuilder UseMiddleware<T>(this IFunctionsWorkerApplicationBuilder builder) where T : class, IFunctionsWorkerMiddleware => throw Unavailable.Here;
    }
}
