using System.Collections.ObjectModel;
using System.Net;
using AWorld.Functions.Reference;

namespace StackExchange.Redis
{
    interface IInternalConnectionMultiplexer : IAsyncDisposable
    {
    }

    public sealed class ConnectionMultiplexer : IInternalConnectionMultiplexer
    {
        ConnectionMultiplexer()
        {
        }

        public event EventHandler<ConnectionFailedEventArgs> ConnectionFailed { add => throw Unavailable.Here; remove => throw Unavailable.Here; }

        public static Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration, TextWriter? log = null) => throw Unavailable.Here;
        public IDatabase GetDatabase(int db = -1, object? asyncState = null) => throw Unavailable.Here;
        public IServer[] GetServers() => throw Unavailable.Here;
        public ISubscriber GetSubscriber(object? asyncState = null) => throw Unavailable.Here;
        public ValueTask DisposeAsync() => throw Unavailable.Here;
    }

    interface ICompletable
    {
    }

    public class ConnectionFailedEventArgs : EventArgs, ICompletable
    {
        public ConnectionFailedEventArgs(object sender, EndPoint endPoint, ConnectionType connectionType, ConnectionFailureType failureType, Exception exception, string physicalName) =>
            ConnectionType = connectionType;

        public ConnectionType ConnectionType { get; }
    }

    public enum ConnectionType { None, Interactive, Subscription }

    public enum ConnectionFailureType
    {
        None, UnableToResolvePhysicalConnection, SocketFailure, AuthenticationFailure, ProtocolFailure, InternalFailure, SocketClosed, ConnectionDisposed, Loading, UnableToConnect, ResponseIntegrityFailure,
    }

    public sealed class ConfigurationOptions
    {
        public bool AbortOnConnectFail { get; set; }
        public int AsyncTimeout { get; set; }
        public BacklogPolicy BacklogPolicy { get; set; } = BacklogPolicy.FailFast;
        public Configuration.DefaultOptionsProvider Defaults { get; set; } = new();
        public EndPointCollection EndPoints { get; init; } = [];
        public bool Ssl { get; set; }
    }

    public sealed class BacklogPolicy
    {
        public static BacklogPolicy FailFast { get; } = new();
    }

    public sealed class EndPointCollection : Collection<EndPoint>
    {
        public void Add(string hostAndPort) => throw Unavailable.Here;
    }

    [Flags]
    public enum CommandFlags
    {
        None = 0,
    }

    public interface IRedisAsync
    {
    }

    public interface IRedis : IRedisAsync
    {
    }

    public interface IDatabaseAsync : IRedisAsync
    {
        Task<RedisResult> ScriptEvaluateAsync(string script, RedisKey[]? keys = null, RedisValue[]? values = null, CommandFlags flags = CommandFlags.None);
    }

    public interface IDatabase : IRedis, IDatabaseAsync
    {
    }

    public interface IServer : IRedis
    {
        Task<RedisResult> ExecuteAsync(string command, params object[] args);
    }

    public interface ISubscriber : IRedis
    {
        Task<long> PublishAsync(RedisChannel channel, RedisValue message, CommandFlags flags = CommandFlags.None);
        Task SubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler, CommandFlags flags = CommandFlags.None);
    }

    public readonly struct RedisKey
    {
        public static implicit operator RedisKey(string? key) => throw Unavailable.Here;
    }

    public readonly struct RedisValue
    {
        public static implicit operator RedisValue(string? value) => throw Unavailable.Here;
        public static implicit operator string?(RedisValue value) => throw Unavailable.Here;
    }

    public readonly struct RedisChannel
    {
        public static RedisChannel Literal(string value) => throw Unavailable.Here;
    }

    public abstract class RedisResult
    {
        internal RedisResult()
        {
        }

        public static explicit operator string?(RedisResult? result) => throw Unavailable.Here;
    }

    public class RedisException : Exception
    {
        public RedisException(string message) : base(message)
        {
        }
    }
}

namespace StackExchange.Redis.Configuration
{
    public class DefaultOptionsProvider
    {
        public virtual string? Password => throw Unavailable.Here;
        public virtual string? User => throw Unavailable.Here;
    }
}
