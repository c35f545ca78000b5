using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AWorld.Benchmarks;

/// <summary>
/// HTTP/1.1 over kept connections, one request at a time on each, driven by one thread: as little work as a load
/// generator can do on the machine it measures.
/// </summary>
sealed class HttpLoad(Uri address, int connections)
{
    sealed class Connection(Socket socket) : IDisposable
    {
        public Socket Socket { get; } = socket;
        public byte[] Buffer = new byte[64 * 1024];
        public int Filled;
        public int Sent;
        public long Started;
        public bool Done;

        public void Dispose() => Socket.Dispose();
    }

    /// <summary>Answers that were no success.</summary>
    public int Failures { get; private set; }

    public string? FirstFailure { get; private set; }

    public static byte[] Request(string method, string path, string token, string? userId = null, string? body = null)
    {
        var text = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n");
        if (userId is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"x-user-id: {userId}\r\n");
        }
        if (body is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }
        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString());
    }

    /// <param name="next">The n-th request of a connection; null: it has no more.</param>
    /// <param name="answered">Given the connection, n and the body of each success.</param>
    public Measurement Run(Func<int, int, byte[]?> next, Action<int, int, ReadOnlyMemory<byte>>? answered = null)
    {
        (Failures, FirstFailure) = (0, null);
        var all = Enumerable.Range(0, connections).Select(_ => Open()).ToArray();
        var bySocket = new Dictionary<Socket, int>();
        var ticks = new List<long>(1_000_000);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < all.Length; i++)
        {
            bySocket[all[i].Socket] = i;
            Send(all[i], next(i, 0));
        }
        var readable = new List<Socket>();
        while (true)
        {
            readable.Clear();
            readable.AddRange(all.Where(connection => !connection.Done).Select(connection => connection.Socket));
            if (readable.Count == 0)
            {
                break;
            }
            Socket.Select(readable, null, null, 30_000_000);
            if (readable.Count == 0)
            {
                throw new TimeoutException("no answer for 30 seconds");
            }
            foreach (var socket in readable)
            {
                var at = bySocket[socket];
                var connection = all[at];
                if (!Receive(connection, out var status, out var body))
                {
                    continue;
                }
                ticks.Add(Stopwatch.GetTimestamp() - connection.Started);
                if (status is >= 200 and < 300)
                {
                    answered?.Invoke(at, connection.Sent - 1, body);
                }
                else
                {
                    Failures++;
                    FirstFailure ??= $"{status} {Encoding.UTF8.GetString(body.Span)}";
                }
                connection.Filled = 0;
                Send(connection, next(at, connection.Sent));
            }
        }
        var elapsed = clock.Elapsed;
        Array.ForEach(all, connection => connection.Dispose());
        return Measurement.Of([.. ticks], elapsed);
    }

    /// <summary>The same for a time: requests by connection and number.</summary>
    public Measurement RunFor(TimeSpan length, Func<int, int, byte[]> next)
    {
        var clock = Stopwatch.StartNew();
        return Run((connection, n) => clock.Elapsed < length ? next(connection, n) : null);
    }

    Connection Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Parse(address.Host), address.Port);
        return new(socket);
    }

    static void Send(Connection connection, byte[]? request)
    {
        if (request is null)
        {
            connection.Done = true;
            return;
        }
        connection.Sent++;
        connection.Started = Stopwatch.GetTimestamp();
        connection.Socket.Send(request);
    }

    /// <summary>Reads what has come; true when the answer is complete.</summary>
    static bool Receive(Connection connection, out int status, out ReadOnlyMemory<byte> body)
    {
        (status, body) = (0, default);
        if (connection.Filled == connection.Buffer.Length)
        {
            Array.Resize(ref connection.Buffer, connection.Buffer.Length * 2);
        }
        var count = connection.Socket.Receive(connection.Buffer.AsSpan(connection.Filled));
        if (count == 0)
        {
            throw new IOException("the host closed a connection");
        }
        connection.Filled += count;
        var got = connection.Buffer.AsSpan(0, connection.Filled);
        var head = got.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }
        _ = Utf8Parser.TryParse(got[9..12], out status, out int _);
        var start = head + 4;
        var length = got[..head].IndexOf("Content-Length: "u8);
        if (length >= 0)
        {
            _ = Utf8Parser.TryParse(got[(length + 16)..], out int bytes, out _);
            body = connection.Buffer.AsMemory(start, Math.Min(bytes, connection.Filled - start));
            return connection.Filled >= start + bytes;
        }
        if (status is 204 or 304)
        {
            return true;
        }
        // Chunked: the body is handed on with its chunk sizes, which is enough to count and to look at.
        body = connection.Buffer.AsMemory(start, connection.Filled - start);
        return got.EndsWith("0\r\n\r\n"u8);
    }
}
