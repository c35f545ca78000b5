using System.CommandLine;
using System.Globalization;
using System.Text;
using AWorld.Embedded.Messages;
using AWorld.Embedded.Storage;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Cli;

/// <summary>
/// What an operator sees of messages that could not be handled, and how they come back, whether the platform runs or
/// not. One that runs holds its messages in memory, so it is asked to resubmit them.
/// </summary>
static class DeadLetterCommands
{
    static readonly Argument<string> Letter = new("LETTER") { Description = "As list shows it: account/workspace/entity/number" };
    static readonly Option<string?> Workspace = new("--workspace") { Description = "Only of this account/workspace" };
    static readonly Option<int> Limit = new("--limit") { Description = "Show at most so many", DefaultValueFactory = static _ => 100 };
    static readonly Option<bool> All = new("--all") { Description = "All of the queue or subscription, not only this one" };

    public static Command Create()
    {
        var list = new Command("list", "List dead letters with their reasons, whether the platform runs or not") { Workspace, Limit, CommandLine.Data };
        list.SetAction(async (arguments, stop) =>
        {
            using var store = new ReadOnlyStore(MaintenanceCommands.Options(arguments).Data, TimeProvider.System);
            await foreach (var dead in MessageDocuments.DeadLetters(store, Declared(), stop).Where(dead => arguments.GetValue(Workspace) is null || arguments.GetValue(Workspace) == dead.Tenant.ToString()).Take(arguments.GetValue(Limit)))
            {
                Console.WriteLine(Line(dead));
            }
            return CommandLine.Done;
        });
        var show = new Command("show", "Show a dead letter with its content, whether the platform runs or not") { Letter, CommandLine.Data };
        show.SetAction(async (arguments, stop) =>
        {
            using var store = new ReadOnlyStore(MaintenanceCommands.Options(arguments).Data, TimeProvider.System);
            Show(await Find(store, arguments.GetValue(Letter)!, stop));
            return CommandLine.Done;
        });
        var resubmit = new Command("resubmit", "Send a dead letter once more, whether the platform runs or not") { Letter, All, CommandLine.Data };
        resubmit.SetAction(async (arguments, stop) =>
        {
            var options = MaintenanceCommands.Options(arguments);
            StoredDeadLetter dead;
            using (var store = new ReadOnlyStore(options.Data, TimeProvider.System))
            {
                dead = await Find(store, arguments.GetValue(Letter)!, stop);
            }
            var number = arguments.GetValue(All) ? (long?)null : dead.Number;
            try
            {
                Console.WriteLine($"{await Resubmit(options, dead, number, stop)} resubmitted; start the platform to have them handled");
            }
            catch (StoreInUseException)
            {
                var request = new OperatorEndpoints.ResubmitRequest(dead.Tenant.AccountId, dead.Tenant.WorkspaceId, dead.Entity, dead.Receiver, number);
                Console.WriteLine($"{(await RunningHost.Ask<OperatorEndpoints.Resubmitted>(options.Data, OperatorEndpoints.ResubmitPath, request, stop)).Count} resubmitted");
            }
            return CommandLine.Done;
        });
        return new Command("deadletters", "Messages that could not be handled") { list, show, resubmit };
    }

    static async Task<int> Resubmit(EmbeddedOptions options, StoredDeadLetter dead, long? number, CancellationToken stop)
    {
        var app = EmbeddedHost.Build(options);
        await using var _ = app;
        var entity = await app.Services.GetRequiredService<Broker>().Open(dead.Tenant, app.Services.GetRequiredService<MessageEntities>().Find(dead.Entity)!, stop);
        return await entity.Resubmit(dead.Receiver, number, stop);
    }

    static List<MessageEntity> Declared() =>
        [.. new ServiceCollection().AddAWorld(new ConfigurationBuilder().Build()).Select(static service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<MessageEntity>()];

    static async Task<StoredDeadLetter> Find(IDocumentStore store, string name, CancellationToken stop)
    {
        await foreach (var dead in MessageDocuments.DeadLetters(store, Declared(), stop))
        {
            if (NameOf(dead) == name)
            {
                return dead;
            }
        }
        throw new CommandException($"there is no dead letter '{name}'; list shows those that are");
    }

    static string NameOf(StoredDeadLetter dead) =>
        $"{dead.Tenant}/{dead.Entity}{(dead.Receiver.Length > 0 ? $"/{dead.Receiver}" : "")}/{dead.Number.ToString(CultureInfo.InvariantCulture)}";

    static string Line(StoredDeadLetter dead) => $"{NameOf(dead)} {dead.Message.MessageId} {Instants.Text(dead.Message.EnqueuedAt)} {dead.Reason.Reason}: {dead.Reason.Description}";

    static void Show(StoredDeadLetter dead)
    {
        Console.WriteLine(Line(dead));
        Console.WriteLine($"  received {dead.Deliveries} times, session {dead.Message.SessionId ?? "none"}, content type {dead.Message.ContentType ?? "none"}");
        foreach (var (name, value) in dead.Message.Properties)
        {
            Console.WriteLine($"  {name}: {value}");
        }
        Console.WriteLine(Encoding.UTF8.GetString(dead.Message.Body));
    }
}
