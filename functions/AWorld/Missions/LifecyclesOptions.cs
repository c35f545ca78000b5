using System.ComponentModel.DataAnnotations;

namespace AWorld.Missions;

/// <summary>How the lives of mission rules are led.</summary>
public sealed class LifecyclesOptions
{
    public const string Section = "AWorld:Lifecycles";

    /// <summary>Users seen in one page of a walk.</summary>
    [Range(1, 1_000)]
    public int UsersPerPage { get; set; } = 500;

    /// <summary>Users of a page for whom something is done side by side.</summary>
    [Range(1, 256)]
    public int UsersAtOnce { get; set; } = 32;

    /// <summary>Pages that one activity of the workflow takes.</summary>
    [Range(1, 1_000)]
    public int PagesPerStep { get; set; } = 20;

    /// <summary>How long the request that moves a test clock leads lives on itself; the workflows do the rest.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:25")]
    public TimeSpan ClockMovesFor { get; set; } = TimeSpan.FromSeconds(10);
}
