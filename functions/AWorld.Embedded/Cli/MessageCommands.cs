using System.CommandLine;
using AWorld.Embedded.Messages;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tenancy;

namespace AWorld.Embedded.Cli;

/// <summary>What an operator gives to a system outside, so that it can send and receive messages.</summary>
static class MessageCommands
{
    static readonly Argument<string> Entity = new("ENTITY") { Description = "The queue or topic, such as aworld-inbound" };
    static readonly Argument<string> Workspace = new("WORKSPACE") { Description = "Whose messages: account/workspace" };
    static readonly Option<int> Days = new("--days") { Description = "How long the token is good", DefaultValueFactory = static _ => 365 };

    static readonly Option<AccessRights?> Rights = new("--rights") { Description = "Send or Listen (default: both)" };

    public static Command Create()
    {
        Days.Validators.Add(static days =>
        {
            if (days.GetValueOrDefault<int>() is < 1 or > 3650)
            {
                days.AddError("--days must be 1 to 3650");
            }
        });
        var token = new Command("token", "Print a shared-access token for a queue or topic in a workspace; stop the platform first") { Entity, Workspace, Days, Rights, CommandLine.Data };
        token.SetAction(async (arguments, stop) =>
        {
            var options = MaintenanceCommands.Options(arguments);
            var app = EmbeddedHost.Build(options);
            await using var _ = app;
            var (entity, expires) = (arguments.GetValue(Entity)!, app.Services.GetRequiredService<TimeProvider>().GetUtcNow() + TimeSpan.FromDays(arguments.GetValue(Days)));
            var entities = app.Services.GetRequiredService<MessageEntities>();
            if (entities.Find(entity) is null)
            {
                throw new CommandException($"there is no '{entity}'; choose one of {string.Join(", ", entities.All.Select(static one => one.Name))}");
            }
            var tenant = await Find(app.Services.GetRequiredService<Workspaces>(), arguments.GetValue(Workspace)!, stop);
            Console.WriteLine(await app.Services.GetRequiredService<SharedAccess>().Issue(new(options.BaseUrl), tenant, entity, expires, stop, arguments.GetValue(Rights) ?? AccessRights.Send | AccessRights.Listen));
            return CommandLine.Done;
        });
        return new Command("messages", "Queues and topics") { token };
    }

    static async Task<Tenant> Find(Workspaces workspaces, string name, CancellationToken stop) =>
        name.Split('/') is [var account, var workspace] && account != Partition.PlatformAccount && (await workspaces.List(account, stop)).Any(one => one.WorkspaceId == workspace)
            ? new(account, workspace)
            : throw new CommandException($"there is no workspace '{name}'; name it as account/workspace");
}
