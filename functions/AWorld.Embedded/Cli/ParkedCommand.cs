using System.CommandLine;
using AWorld.Embedded.Storage;
using AWorld.Game;

namespace AWorld.Embedded.Cli;

static class ParkedCommand
{
    public static Command Create()
    {
        var command = new Command("parked", "Show the changes of users' journals that a consumer could not take, whether the platform runs or not; a start tries them again") { CommandLine.Data };
        command.SetAction(async (arguments, stop) =>
        {
            using var store = new ReadOnlyStore(MaintenanceCommands.Options(arguments).Data, TimeProvider.System);
            foreach (var (consumer, list) in await new ParkedChanges(store).All(stop))
            {
                foreach (var partition in list.Partitions)
                {
                    Console.WriteLine($"{consumer}  {partition.Key}  {partition.Documents.Count} since {partition.Since:O}, first {partition.Documents[0]}: {partition.Reason}");
                }
            }
            return CommandLine.Done;
        });
        return command;
    }
}
