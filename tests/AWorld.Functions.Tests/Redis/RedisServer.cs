using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AWorld.Functions.Tests.Redis;

/// <summary>A redis-server of its own on loopback.</summary>
sealed class RedisServer : IAsyncDisposable
{
    readonly Process process;
    readonly int port;

    RedisServer(Process process, int port) => (this.process, this.port) = (process, port);

    /// <summary>Skips the test where Redis is not installed.</summary>
    public static async Task<RedisServer> Start()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var free = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Process? started = null;
        try
        {
            started = Process.Start(new ProcessStartInfo("redis-server", $"--port {free} --bind 127.0.0.1 --save \"\" --appendonly no --logfile /dev/null") { UseShellExecute = false });
        }
        catch (Win32Exception)
        {
            Assert.Skip("redis-server is not installed");
        }
        var server = new RedisServer(started!, free);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = await server.Connect();
                return server;
            }
            catch (SocketException) when (attempt < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    public async Task<RespConnection> Connect()
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return new(client, this);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task Stop()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        process.Dispose();
    }
}
