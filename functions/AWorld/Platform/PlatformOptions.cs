using System.ComponentModel.DataAnnotations;

namespace AWorld.Platform;

public sealed class PlatformOptions
{
    /// <summary>Names this deployment in what it writes; one of the contract's region names.</summary>
    [Required, RegularExpression("^(us|af|ap|ca|eu|me|sa)-(north|south|east|west|central|northeast|southeast)-[1-4]$")]
    public string SourceRegion { get; set; } = "eu-west-1";

    /// <summary>The e-mail address of who owns the first account of a new platform, and can invite others.</summary>
    [EmailAddress]
    public string? FirstOwner { get; set; }
}
