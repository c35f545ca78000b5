using System.Diagnostics;
using AWorld.Embedded.Tests.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

/// <summary>Runs in the real host's process before its Main (DOTNET_STARTUP_HOOKS) and adds the workflows of the crash test to it.</summary>
#pragma warning disable CA1050, MA0047 // The runtime looks for it without a namespace.
static class StartupHook
#pragma warning restore CA1050, MA0047
{
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new Listening());

    sealed class Listening : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilding", Value: IHostBuilder host })
            {
                host.ConfigureServices(services =>
                {
                    CrashFlows.Declare(services);
                    services.AddHostedService<CrashDriver>();
                });
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
