using System.CommandLine;
using AWorld.Embedded.Storage;
using AWorld.Embedded.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Cli;

/// <summary>
/// What an operator sees of workflows and can do to them. Looking works while the platform runs; changing one needs it
/// stopped, because a running platform holds instances in memory.
/// </summary>
static class WorkflowCommands
{
    static readonly Argument<string> Instance = new("INSTANCE") { Description = "As list shows it: account/workspace/id" };
    static readonly Option<string?> AccountId = new("--account") { Description = "Only of this account" };
    static readonly Option<WorkflowState?> State = new("--state") { Description = "Only in this state, such as Failed or Quarantined" };
    static readonly Option<int> Limit = new("--limit") { Description = "Show at most so many", DefaultValueFactory = static _ => 100 };
    static readonly Option<string> Reason = new("--reason") { Description = "Kept with the instance", DefaultValueFactory = static _ => "by an operator" };

    public static Command Create()
    {
        Limit.Validators.Add(static limit =>
        {
            if (limit.GetValueOrDefault<int>() is < 1 or > 100_000)
            {
                limit.AddError("--limit must be 1 to 100000");
            }
        });
        var list = new Command("list", "List instances, whether the platform runs or not") { AccountId, State, Limit, CommandLine.Data };
        list.SetAction((arguments, stop) => Look(arguments, documents => List(documents, arguments, stop)));
        var show = new Command("show", "Show an instance and its history, whether the platform runs or not") { Instance, CommandLine.Data };
        show.SetAction((arguments, stop) => Look(arguments, documents => Show(documents, Key(arguments), stop)));
        return new Command("workflows", "The long-running processes of the platform")
        {
            list, show,
            Order("terminate", OrderKind.Terminate, "End an instance; stop the platform first"),
            Order("retry", OrderKind.Retry, "Take a failed or quarantined instance back to before what failed and run that again at the next start; stop the platform first"),
        };
    }

    static Command Order(string name, OrderKind kind, string description)
    {
        var command = new Command(name, description) { Instance, Reason, CommandLine.Data };
        command.SetAction(async (arguments, stop) =>
        {
            var key = Key(arguments);
            var app = EmbeddedHost.Build(MaintenanceCommands.Options(arguments));
            await using var _ = app;
            var result = await app.Services.GetRequiredService<WorkflowEngine>().Obey(key, kind, arguments.GetValue(Reason)!, stop);
            Console.WriteLine(result.Succeeded ? Line(result.Value) : throw new CommandException(result.Error!.Message));
            return CommandLine.Done;
        });
        return command;
    }

    static async Task<int> Look(ParseResult arguments, Func<HistoryDocuments, Task> look)
    {
        using var store = new ReadOnlyStore(MaintenanceCommands.Options(arguments).Data, TimeProvider.System);
        await look(new(store));
        return CommandLine.Done;
    }

    static async Task List(HistoryDocuments documents, ParseResult arguments, CancellationToken stop)
    {
        var (left, state) = (arguments.GetValue(Limit), arguments.GetValue(State));
        foreach (var accountId in (await documents.WithWorkflows(arguments.GetValue(AccountId), stop)).Select(tenant => tenant.AccountId).Distinct())
        {
            string? continuation = null;
            do
            {
                var page = await documents.List(accountId, state, WorkflowLimits.PageItems, continuation, stop);
                foreach (var instance in page.Items.Take(left))
                {
                    Console.WriteLine(Line(instance));
                    left--;
                }
                continuation = page.Continuation;
            }
            while (continuation is not null && left > 0);
        }
    }

    static async Task Show(HistoryDocuments documents, InstanceKey key, CancellationToken stop)
    {
        var (head, _) = await documents.Head(key, stop) ?? throw new CommandException($"workflow {key} does not exist; list shows those that do");
        Console.WriteLine(Line(head.View(key)));
        Console.WriteLine($"  created {Instants.Text(head.CreatedAt)}, run {head.Run}, {head.Turns} steps, {head.Outstanding} calls under way{(head.WakeAt is { } at ? $", wakes at {Instants.Text(at)}" : "")}");
        if (head.Status is { } status)
        {
            Console.WriteLine($"  status {Short(status.GetRawText())}");
        }
        string? continuation = null;
        do
        {
            var page = await documents.History(key, head, continuation, stop);
            foreach (var one in page.Items)
            {
                Console.WriteLine($"  {Instants.Text(one.At)} {one.Kind}{(one.Name is null ? "" : $" {one.Name}")}{(one.Data is { } data ? $" {Short(data.GetRawText())}" : "")}");
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    static string Line(WorkflowInstance instance) =>
        $"{instance.Tenant}/{instance.Id} {instance.Workflow} v{instance.Version} {instance.State} {Instants.Text(instance.UpdatedAt)}{(instance.Failure is { } failure ? $" {failure.Type}: {failure.Message}" : "")}{(instance.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}";

    static string Short(string text) => text.Length <= 200 ? text : text[..200] + "...";

    static InstanceKey Key(ParseResult arguments) => arguments.GetValue(Instance)!.Split('/') is [var account, var workspace, var id] && account.Length > 0 && workspace.Length > 0 && id.Length > 0
        ? new(new(account, workspace), id)
        : throw new CommandException("an instance is named account/workspace/id, as list shows it");
}
