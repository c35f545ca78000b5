using AWorld.Audit;
using AWorld.Embedded.Cli;
using AWorld.Embedded.Storage;
using AWorld.Platform;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Tests;

public sealed class AuditCommandTests : IDisposable
{
    static readonly Tenant Tenant = new("account001", "workspace1");

    readonly string folder = Directory.CreateTempSubdirectory("aworld-audit-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static AuditRecord Record(DateTimeOffset at, int number) => new(at, "dashboard/tags/list", 200, $"{number}", null, "eve", null, null, null, null, null, null, null, "eu-west-1");

    Task<int> Verify() => CommandLine.Run(["audit", "verify", "--data", folder]);

    async Task Store(Func<IDocumentStore, DateTimeOffset, Task> work)
    {
        using var store = new SqliteDocumentStore(folder, new(), TimeProvider.System);
        await work(store, Instants.Truncate(TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task A_row_that_was_tampered_with_is_found()
    {
        await Store(async (store, now) =>
        {
            using var trail = new AuditTrail(store, Options.Create(new AuditOptions()), TimeProvider.System, NullLogger<AuditTrail>.Instance);
            for (var i = 0; i < 5; i++)
            {
                await trail.Record(Tenant, Record(now, i));
            }
        });
        (await Verify()).ShouldBe(CommandLine.Done);
        await Store(async (store, now) =>
        {
            var partition = AuditChain.Of(Tenant, DateOnly.FromDateTime(now.UtcDateTime));
            var link = Json.Read<AuditLink>((await store.Read(partition, AuditChain.Id(3), default))!.Body);
            await store.Commit(partition, [Write.Upsert(AuditChain.Id(3), Json.Bytes(link with { Records = [link.Records[0] with { UserId = "mallory" }] }))], default);
        });
        (await Verify()).ShouldBe(CommandLine.Failed);
    }
}
