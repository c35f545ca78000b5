using System.Globalization;
using System.Net.Sockets;
using System.Text;
using AWorld.Functions.Redis;

namespace AWorld.Functions.Tests.Redis;

/// <summary>Just enough of Redis's wire protocol: one command at a time.</summary>
sealed class RespConnection(TcpClient client, RedisServer server) : IRedis, IAsyncDisposable
{
    readonly NetworkStream network = client.GetStream();
    readonly BufferedStream reading = new(client.GetStream());
    readonly SemaphoreSlim turn = new(1);
    readonly List<RespConnection> subscriptions = [];

    public event Action? Lost;

    /// <summary>As a connection would say that was lost.</summary>
    public void Lose() => Lost?.Invoke();

    public Task<string?> Evaluate(string script, string[] keys, params string[] values) => Command(["EVAL", script, keys.Length.ToString(CultureInfo.InvariantCulture), .. keys, .. values]);

    public Task Publish(string channel, string message) => Command("PUBLISH", channel, message);

    public async Task Subscribe(string channel, Action<string> received)
    {
        var own = await server.Connect();
        subscriptions.Add(own);
        await own.Command("SUBSCRIBE", channel);
        _ = Task.Run(() =>
        {
            try
            {
                while (true)
                {
                    received(own.Reply()!.Split('\n')[^1]);
                }
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                // The connection was closed.
            }
        });
    }

    public async Task<string?> Command(params string[] words)
    {
        await turn.WaitAsync();
        try
        {
            var text = new StringBuilder($"*{words.Length}\r\n");
            foreach (var word in words)
            {
                text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
            }
            await network.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
            return Reply();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>An array as lines.</summary>
    string? Reply()
    {
        var line = Line();
        switch (line[0])
        {
            case '-':
                throw new InvalidOperationException(line);
            case '$' when line == "$-1":
                return null;
            case '$':
                var bytes = new byte[int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture)];
                reading.ReadExactly(bytes);
                Line();
                return Encoding.UTF8.GetString(bytes);
            case '*':
                return string.Join('\n', Enumerable.Range(0, int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture)).Select(_ => Reply()));
            default:
                return line[1..];
        }
    }

    string Line()
    {
        var text = new StringBuilder();
        for (int next; (next = reading.ReadByte()) != '\n';)
        {
            if (next < 0)
            {
                throw new IOException("redis-server closed the connection");
            }
            if (next != '\r')
            {
                text.Append((char)next);
            }
        }
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in subscriptions)
        {
            await subscription.DisposeAsync();
        }
        client.Dispose();
    }
}
