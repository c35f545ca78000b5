namespace AWorld.Functions.Redis;

/// <summary>What the host needs of Redis. A lost connection, and a server that does not answer in time, throw.</summary>
interface IRedis
{
    /// <summary>Runs a Lua script on one key; its answer is a string or nothing.</summary>
    Task<string?> Evaluate(string script, string key, params string[] values);

    /// <summary>Reaches who listens now.</summary>
    Task Publish(string channel, string message);

    /// <summary>Goes on after the connection was lost and is there again; what was published meanwhile is lost.</summary>
    Task Subscribe(string channel, Action<string> received);
}
