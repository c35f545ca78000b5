using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AWorld.Benchmarks;

/// <summary>The real host as a process of its own, with the demonstration's account.</summary>
sealed class HostProcess : IAsyncDisposable
{
    readonly Process process;
    readonly string data;

    HostProcess(Process process, string data, Uri address) => (this.process, this.data, Address) = (process, data, address);

    public Uri Address { get; }

    /// <summary>The host built with this program, or another build of it.</summary>
    static string Dll => Environment.GetEnvironmentVariable("AWORLD_HOST") is { Length: > 0 } other ? other : Path.Combine(AppContext.BaseDirectory, "AWorld.Embedded.dll");

    /// <param name="settings">Of the environment, for this host alone.</param>
    public static async Task<HostProcess> Start(string data, Uri? metrics, IReadOnlyDictionary<string, string>? settings = null)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, "serve", "--demo", "--data", data, "--port", "0"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
            Environment = { ["Logging__LogLevel__Default"] = "Warning", ["AWorld__RateLimits__AuthenticationPerFiveMinutes"] = "100000", ["AWorld__RateLimits__AccountPerSecond"] = "1000000", ["AWorld__RateLimits__ClientPerSecond"] = "1000000" },
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        if (metrics is not null)
        {
            start.Environment["AWorld__Telemetry__Endpoint"] = metrics.ToString();
            start.Environment["AWorld__Telemetry__Protocol"] = "HttpProtobuf";
            start.Environment["AWorld__Telemetry__MetricsInterval"] = "00:00:01";
            start.Environment["AWorld__Telemetry__SampledTraces"] = "0";
        }
        var started = Process.Start(start)!;
        Uri? address = null;
        while (await started.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("AWorld listens on ", StringComparison.Ordinal))
            {
                address = new(line.Split(' ')[3]);
            }
            // The demonstration's text ends with how to stop or try it; its file is complete before the first line of it.
            if (address is not null && File.Exists(Path.Combine(data, "demo.json")) && Demo(data).GetProperty("baseUrl").GetString() == address.GetLeftPart(UriPartial.Authority))
            {
                break;
            }
        }
        // A full pipe would stop the host.
        _ = started.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return new(started, data, address ?? throw new InvalidOperationException("the host did not start"));
    }

    static JsonElement Demo(string data) => JsonElement.Parse(File.ReadAllBytes(Path.Combine(data, "demo.json")));

    public JsonElement Workspace => Demo(data).GetProperty("workspaces")[0];

    /// <summary>For the queue of the workspace.</summary>
    public string InboundAuthorization => Demo(data).GetProperty("messaging").EnumerateArray()
        .First(one => one.GetProperty("entity").GetString() == "aworld-inbound" && one.GetProperty("workspaceId").GetString() == Workspace.GetProperty("workspaceId").GetString())
        .GetProperty("authorization").GetString()!;

    public string AccountId => Demo(data).GetProperty("accountId").GetString()!;

    /// <summary>A token of the demonstration's client for app or dashboard.</summary>
    public async Task<string> Token(HttpClient http, string context)
    {
        var client = Workspace.GetProperty("clients").EnumerateArray().First(client => client.GetProperty("context").GetString() == context);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client.GetProperty("clientId")}:{client.GetProperty("clientSecret")}")));
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>The most memory it has had resident, in megabytes.</summary>
    public double PeakMegabytes => Status("VmHWM:") / 1024.0;

    public double Megabytes => Status("VmRSS:") / 1024.0;

    public TimeSpan Processor
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    long Status(string field) => File.ReadLines($"/proc/{process.Id}/status").Where(line => line.StartsWith(field, StringComparison.Ordinal))
        .Select(line => long.Parse(line[field.Length..^2], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture)).First();

    public double DatabaseMegabytes => Directory.GetFiles(data, "aworld.db*").Sum(file => new FileInfo(file).Length) / 1048576.0;

    /// <summary>Stops it gracefully.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
