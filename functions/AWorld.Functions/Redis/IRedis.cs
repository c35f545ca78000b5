namespace AWorld.Functions.Redis;

/// <summary>What the host needs of Redis. A lost connection, and a server that does not answer in time, throw.</summary>
interface IRedis
{
    /// <summary>Raised when a connection was lost: Redis may go on without what was written to it last.</summary>
    event Action? Lost;

    /// <summary>Runs a Lua script on keys that lie together; its answer is a string or nothing.</summary>
    Task<string?> Evaluate(string script, string[] keys, params string[] values);

    /// <summary>Reaches who listens now.</summary>
    Task Publish(string channel, string message);

    /// <summary>Goes on after the connection was lost and is there again; what was published meanwhile is lost.</summary>
    Task Subscribe(string channel, Action<string> received);
}
