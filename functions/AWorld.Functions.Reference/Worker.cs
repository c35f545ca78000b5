using AWorld.Functions.Reference;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder
{
    public class FunctionsApplication
    {
        public static FunctionsApplicationBuilder CreateBuilder(string[] args) => throw Unavailable.Here;
    }

    public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
    {
        internal FunctionsApplicationBuilder() => throw Unavailable.Here;

        public ConfigurationManager Configuration => throw Unavailable.Here;
        public IHostEnvironment Environment => throw Unavailable.Here;
        public ILoggingBuilder Logging => throw Unavailable.Here;
        public IMetricsBuilder Metrics => throw Unavailable.Here;
        public IDictionary<object, object> Properties => throw Unavailable.Here;
        public IServiceCollection Services => throw Unavailable.Here;
        IConfigurationManager IHostApplicationBuilder.Configuration => throw Unavailable.Here;

        public IHost Build() => throw Unavailable.Here;
        public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null) where TContainerBuilder : notnull => throw Unavailable.Here;
        public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => throw Unavailable.Here;
    }

    public static class FunctionsApplicationBuilderAspNetCoreExtensions
    {
        public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => throw Unavailable.Here;
    }
}
