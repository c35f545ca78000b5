using System.ComponentModel.DataAnnotations;

namespace AWorld.Media;

/// <summary>Section <c>AWorld:Media</c>.</summary>
public sealed class MediaOptions
{
    public const string Section = "AWorld:Media";

    /// <summary>Of one file.</summary>
    [Range(1, 5000)]
    public int FileMegabytes { get; set; } = 100;

    /// <summary>Files of one workspace, with those that were asked for or deleted and may still come.</summary>
    [Range(1, 1_000_000)]
    public int FilesPerWorkspace { get; set; } = 10_000;

    /// <summary>Of all files of one workspace.</summary>
    [Range(1, 1_000_000)]
    public int MegabytesPerWorkspace { get; set; } = 51_200;

    /// <summary>Files of one workspace that were asked for and have not come yet.</summary>
    [Range(1, 1000)]
    public int AwaitedPerWorkspace { get; set; } = 100;

    /// <summary>How long an upload may begin after it was asked for.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan UploadWithin { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an upload that has begun may take. A file that has not come by then is given up.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan UploadTakes { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the address that a media item's own one leads to can be read from; clients keep it for half as long.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ReadableFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often it is looked for files that came, did not come, or are still to be deleted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckedEvery { get; set; } = TimeSpan.FromMinutes(1);
}
