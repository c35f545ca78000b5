using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AWorld.Benchmarks;

/// <summary>A Redis sorted set, over its wire protocol on loopback. Its rank is a place, not a competition rank: ties differ.</summary>
sealed class RedisRanks : IRanks
{
    const int Pipelined = 1000;

    readonly Process server;
    readonly Stream stream;
    readonly BufferedStream reading;

    RedisRanks(Process server, Stream stream) => (this.server, this.stream, reading) = (server, stream, new(stream));

    public string Name => "Redis sorted set";

    /// <summary>Null where Redis is not installed.</summary>
    public static async Task<RedisRanks?> Start()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Process? started;
        try
        {
            started = Process.Start(new ProcessStartInfo("redis-server", $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly no") { RedirectStandardOutput = true, UseShellExecute = false });
        }
        catch (Win32Exception)
        {
            return null;
        }
        for (var attempt = 0; ; attempt++)
        {
            var client = new TcpClient { NoDelay = true };
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return new(started!, client.GetStream());
            }
            catch (SocketException) when (attempt < 100)
            {
                client.Dispose();
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask Fill(IEnumerable<(string Id, int Score)> members)
    {
        foreach (var part in members.Chunk(Pipelined))
        {
            var commands = new StringBuilder();
            foreach (var (id, score) in part)
            {
                commands.Append(Command("ZADD", "board", score.ToString(CultureInfo.InvariantCulture), id));
            }
            await stream.WriteAsync(Encoding.ASCII.GetBytes(commands.ToString()));
            for (var i = 0; i < part.Length; i++)
            {
                Line();
            }
        }
    }

    public async ValueTask Add(string id, int amount)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Command("ZINCRBY", "board", amount.ToString(CultureInfo.InvariantCulture), id)));
        Line();
        Line();
    }

    public async ValueTask<int> Rank(string id)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Command("ZREVRANK", "board", id)));
        return int.Parse(Line().AsSpan(1), CultureInfo.InvariantCulture) + 1;
    }

    public async ValueTask<int> TopTen()
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Command("ZREVRANGE", "board", "0", "9", "WITHSCORES")));
        var count = int.Parse(Line().AsSpan(1), CultureInfo.InvariantCulture);
        for (var i = 0; i < count * 2; i++)
        {
            Line();
        }
        return count / 2;
    }

    public async ValueTask<long?> Bytes()
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Command("MEMORY", "USAGE", "board", "SAMPLES", "1000")));
        return long.Parse(Line().AsSpan(1), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await reading.DisposeAsync();
        server.Kill();
        await server.WaitForExitAsync();
        server.Dispose();
    }

    static string Command(params ReadOnlySpan<string> words)
    {
        var text = new StringBuilder($"*{words.Length}\r\n");
        foreach (var word in words)
        {
            text.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        }
        return text.ToString();
    }

    string Line()
    {
        var text = new StringBuilder();
        while (reading.ReadByte() is var next and not '\n')
        {
            if (next < 0)
            {
                throw new EndOfStreamException("redis-server closed the connection");
            }
            if (next != '\r')
            {
                text.Append((char)next);
            }
        }
        return text.Length > 0 && text[0] == '-' ? throw new InvalidOperationException(text.ToString()) : text.ToString();
    }
}
