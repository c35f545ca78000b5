using AWorld.Embedded.Cli;
using AWorld.Embedded.Demo;
using AWorld.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Embedded.Tests;

/// <summary>A demonstration that is interrupted while it is made is finished by the next start, not made twice.</summary>
public sealed class InterruptedDemonstrationTests
{
    /// <summary>Cancels the work of who sends the n-th request, before it is served or after.</summary>
    sealed class Interruption : IStartupFilter
    {
        public int At { get; set; }
        public bool Served { get; set; }
        public CancellationTokenSource Source { get; set; } = new();

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (http, serve) =>
            {
                var isIt = --At == 0;
                if (isIt && !Served)
                {
                    await Source.CancelAsync();
                    http.Abort();
                    return;
                }
                await serve(http);
                if (isIt)
                {
                    await Source.CancelAsync();
                }
            });
            next(app);
        };
    }

    [Fact]
    public async Task It_is_finished_and_there_is_one()
    {
        var data = Directory.CreateTempSubdirectory("aworld-").FullName;
        using var first = new CancellationTokenSource();
        var interruption = new Interruption { Source = first };
        var host = EmbeddedHost.Build(new() { Data = data, Port = 0 }, builder => builder.Services.AddSingleton<IStartupFilter>(interruption));
        await host.StartAsync();
        var (finished, at) = (false, 1);
        try
        {
            for (; !finished; at += 7)
            {
                using var source = new CancellationTokenSource();
                (interruption.At, interruption.Served, interruption.Source) = (at, at % 2 == 0, source);
                finished = await Record.ExceptionAsync(() => DemoSeed.Run(host.Services, new(host.Urls.First()), data, source.Token)) is null;
                at.ShouldBeLessThan(500);
            }
            interruption.At = 0;
            at.ShouldBeGreaterThan(15, "it was interrupted at least twice");
            File.Exists(DemoFile.BegunIn(data)).ShouldBeFalse();
            var store = host.Services.GetRequiredService<IDocumentStore>();
            (await store.Query(Partition.Platform(Partition.PlatformAccount), DocumentQuery.Prefix("principal-account:"), default)).Items.Count.ShouldBe(1);
            var demo = (await DemoFile.Read(data, default))!;
            (await store.Query(Partition.Platform(demo.AccountId), DocumentQuery.Prefix("client:"), default)).Items.Count.ShouldBe(4);
            foreach (var workspace in demo.Workspaces)
            {
                workspace.Users.Count.ShouldBe(5);
                var client = workspace.Client("dashboard");
                using var api = new ApiClient(new() { BaseAddress = new(demo.BaseUrl) }, client.ClientId, client.ClientSecret);
                (await api.Get("/dashboard/v1/tags", default)).GetProperty("items").GetArrayLength().ShouldBe(1);
                (await api.Get("/dashboard/v1/users", default)).GetProperty("items").GetArrayLength().ShouldBe(5);
                (await api.Get("/dashboard/v1/runtime-leaderboards", default)).GetProperty("items").GetArrayLength().ShouldBe(1);
            }
        }
        finally
        {
            await host.StopAsync();
            await host.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }
}
