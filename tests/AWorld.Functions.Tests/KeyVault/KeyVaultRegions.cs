using System.Text;
using AWorld.Functions.KeyVault;
using AWorld.Tests;
using Microsoft.Extensions.Logging;

namespace AWorld.Functions.Tests.KeyVault;

/// <summary>Two regions with a vault each, and the one they both begin with.</summary>
public abstract class KeyVaultRegions : IDisposable
{
    private protected static readonly byte[] Secret = Encoding.UTF8.GetBytes("a private key");

    private protected readonly FakeClock clock = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
    private protected readonly KeyVaultOptions options = new() { Attempts = 1 };
    private protected readonly Lines log = new();
    private protected readonly FakeVault origin;
    private protected readonly FakeVault[] regions;

    private protected KeyVaultRegions() => (origin, regions) = (new("cell", clock), [new("west", clock), new("north", clock)]);

    public void Dispose()
    {
        origin.Dispose();
        Array.ForEach(regions, static region => region.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>An instance that has just started.</summary>
    private protected KeyVaultProtection Instance(int region = 0) => new(regions[region].Keys(options), origin.Keys(options), options, clock, log);

    /// <summary>An instance where there is but one vault.</summary>
    private protected KeyVaultProtection Alone() => new(origin.Keys(options), null, options, clock, log);

    private protected static string KeyOf(byte[] kept) => Convert.ToHexString(kept, 1, ProtectionKey.IdBytes);

    private protected sealed class Lines : ILogger<KeyVaultProtection>
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Warnings.Add($"{formatter(state, exception)} {exception?.Message}");
            }
        }
    }
}
