using System.CommandLine;
using AWorld.Audit;
using AWorld.Platform;

namespace AWorld.Embedded.Cli;

static class AuditCommand
{
    public static Command Create()
    {
        var verify = new Command("verify", "Check every chain of audit records and name the first broken link of each; stop the platform first, or verify a restored backup") { CommandLine.Data };
        verify.SetAction(async (arguments, stop) =>
        {
            var app = EmbeddedHost.Build(MaintenanceCommands.Options(arguments));
            await using var _ = app;
            var (chains, records, broken) = (0, 0L, 0);
            await foreach (var chain in AuditChain.VerifyAll(app.Services.GetRequiredService<IDocumentStore>(), stop))
            {
                Console.WriteLine($"{chain.Partition.Key}: {chain.Links} links, {chain.Records} records, last {chain.LastHash}{(chain.Broken is null ? "" : $" - BROKEN: {chain.Broken}")}");
                (chains, records, broken) = (chains + 1, records + chain.Records, broken + (chain.Broken is null ? 0 : 1));
            }
            return broken == 0
                ? Say($"All {chains} chains with {records} records are whole.")
                : throw new CommandException($"{broken} of {chains} audit chains are broken; keep this database and compare it with a backup");
        });
        return new Command("audit", "The records of who did what") { verify };
    }

    static int Say(string text)
    {
        Console.WriteLine(text);
        return CommandLine.Done;
    }
}
