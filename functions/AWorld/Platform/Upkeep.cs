namespace AWorld.Platform;

/// <summary>
/// Work that somebody must do from time to time, on whichever node: it finds what is left to do in the store, and doing
/// it twice does no harm. Embedded, it is done in a loop; in Azure a timer runs those that are due, side by side.
/// </summary>
/// <param name="Name">What a failure of it is told by.</param>
/// <param name="Every">Embedded, between the end of one time and the beginning of the next; in Azure, from one beginning to the next, in whole minutes.</param>
public sealed record Upkeep(string Name, TimeSpan Every, Func<CancellationToken, Task> Run);

public static class UpkeepServices
{
    public static IServiceCollection AddUpkeep<T>(this IServiceCollection services, string name, Func<IServiceProvider, TimeSpan> every, Func<T, Func<CancellationToken, Task>> run)
        where T : notnull =>
        services.AddSingleton(provider => new Upkeep(name, every(provider), run(provider.GetRequiredService<T>())));
}
