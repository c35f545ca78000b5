using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AWorld.Embedded.Demo;

namespace AWorld.Embedded.Tests;

/// <summary>The real host as a process on a data folder, killed with SIGKILL and started again at the same address.</summary>
sealed class KillableHost(string data, IReadOnlyDictionary<string, string>? settings = null) : IAsyncDisposable
{
    static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);

    readonly int port = FreePort();
    Process? process;

    public Uri Address => new($"http://127.0.0.1:{port}");
    public bool HasExited => process is null or { HasExited: true };

    /// <param name="demo">Makes the demonstration first.</param>
    public async Task Start(bool demo = false)
    {
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "AWorld.Embedded.dll"), "serve", "--data", data, "--port", port.ToString(CultureInfo.InvariantCulture), .. demo ? ["--demo"] : Array.Empty<string>()])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = Directory.CreateDirectory(data).FullName,
            Environment = { ["Logging__LogLevel__Default"] = "Error" },
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        process = Process.Start(start)!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        using var http = new HttpClient { BaseAddress = Address };
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(10))
        {
            waited.Elapsed.ShouldBeLessThan(StartsWithin);
            HasExited.ShouldBeFalse("the host must start again after every kill");
            try
            {
                using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (ready.IsSuccessStatusCode && (!demo || File.Exists(DemoFile.PathIn(data))))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }
    }

    public async Task Kill()
    {
        if (process is { } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
            running.Dispose();
            process = null;
        }
    }

    public async ValueTask DisposeAsync() => await Kill();

    /// <summary>A client of the API with a token, which outlives the process.</summary>
    public async Task<HttpClient> Client(DemoClient client)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client.ClientId}:{client.ClientSecret}")));
        using var response = await http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), new FormUrlEncodedContent([new("grant_type", "client_credentials")]));
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        return new() { BaseAddress = Address, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    }

    /// <summary>Below the ports that the system gives to clients, or one of them could take it while the host is down.</summary>
    static int FreePort()
    {
        while (true)
        {
            var free = Random.Shared.Next(20_000, 30_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, free);
                listener.Start();
                return free;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
