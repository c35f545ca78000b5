using Microsoft.Extensions.Logging.Console;

namespace AWorld.Embedded;

public enum LogFormat { Text, Json }

public sealed record LogOptions
{
    public const string Section = "AWorld:Logs";

    /// <summary>Text for people, Json (one object a line, with scopes) for machines.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;
}

static class Logs
{
    const string Timestamp = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    /// <summary>Levels come from the framework's own section, such as <c>Logging:LogLevel:AWorld</c>.</summary>
    public static void AddLogs(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.Services.AddOptions<LogOptions>().Bind(configuration.GetSection(LogOptions.Section)).ValidateOnStart();
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // A failed start is thrown as well, and the command line explains it.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // This category also makes an Activity and a scope for every request; tracing and our own scope replace them.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        var format = configuration.GetSection(LogOptions.Section).Get<LogOptions>()?.Format ?? LogFormat.Text;
        logging.AddConsole(console => console.FormatterName = format == LogFormat.Json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple);
        logging.Services.Configure<JsonConsoleFormatterOptions>(static json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, Timestamp.TrimEnd()));
        logging.Services.Configure<SimpleConsoleFormatterOptions>(static text => (text.IncludeScopes, text.UseUtcTimestamp, text.SingleLine, text.TimestampFormat) = (true, true, true, Timestamp));
    }
}
