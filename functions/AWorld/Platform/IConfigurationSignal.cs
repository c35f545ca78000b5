namespace AWorld.Platform;

/// <summary>Tells other nodes of a change of configuration at once. What it loses, the change feed tells a moment later.</summary>
public interface IConfigurationSignal
{
    /// <summary>Returns at once and never throws.</summary>
    /// <param name="kind">The kind of entity that was changed.</param>
    void Send(Tenant tenant, string kind);

    /// <summary>Calls back for what other nodes sent; what this one sent may come back as well.</summary>
    void Listen(Action<Tenant, string> changed);
}
