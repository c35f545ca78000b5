using System.CommandLine;
using AWorld.Authorization;
using AWorld.Embedded.Storage;
using AWorld.Identity;
using AWorld.Tenancy;

namespace AWorld.Embedded.Cli;

/// <summary>What an operator does to a data folder.</summary>
static class MaintenanceCommands
{
    static readonly Argument<FileInfo> BackupFile = new("FILE") { Description = "The copy; must not exist yet" };
    static readonly Argument<FileInfo> RestoreFile = new Argument<FileInfo>("FILE") { Description = "A file that backup made" }.AcceptExistingOnly();

    static readonly Argument<string> Email = new("EMAIL") { Description = "Whom to invite" };
    static readonly Option<string?> AccountId = new("--account") { Description = "The account (default: a new one)" };
    static readonly Option<Role> RoleThere = new("--role") { Description = "The role in it", DefaultValueFactory = static _ => Role.Owner };

    public static Command Backup()
    {
        var command = new Command("backup", "Copy the database to one file, while the platform runs or not") { BackupFile, CommandLine.Data };
        command.SetAction(arguments =>
        {
            var file = arguments.GetValue(BackupFile)!.FullName;
            StoreBackup.Backup(Options(arguments).Data, file);
            Console.WriteLine($"{file} holds the database as it was a moment ago ({new FileInfo(file).Length:N0} bytes).");
            return CommandLine.Done;
        });
        return command;
    }

    public static Command Restore()
    {
        var command = new Command("restore", "Replace the database by a backup; stop the platform first") { RestoreFile, CommandLine.Data };
        command.SetAction(arguments =>
        {
            var folder = Options(arguments).Data;
            StoreBackup.Restore(folder, arguments.GetValue(RestoreFile)!.FullName);
            Console.WriteLine($"The database in {Path.GetFullPath(folder)} is the one of the backup; one that it replaced is kept as {SqliteDocumentStore.FileName}{StoreBackup.ReplacedSuffix}.");
            return CommandLine.Done;
        });
        return command;
    }

    public static Command Keys()
    {
        var rotate = new Command("rotate", "Publish a new signing key, which replaces the current one as soon as caches know it; stop the platform first") { CommandLine.Data };
        rotate.SetAction(async (arguments, stop) =>
        {
            var app = EmbeddedHost.Build(Options(arguments));
            await using var _ = app;
            var key = await app.Services.GetRequiredService<SigningKeys>().Rotate(stop);
            Console.WriteLine($"Signing key {key.Kid} signs from {key.SignsFrom:O}. Tokens signed before stay valid until they expire.");
            return CommandLine.Done;
        });
        return new Command("keys", "The keys that sign tokens") { rotate };
    }

    public static Command Principals()
    {
        var invite = new Command("invite", "Give a person a role in an account (a new one when none is named) and write to them; stop the platform first") { Email, AccountId, RoleThere, CommandLine.Data };
        invite.SetAction(async (arguments, stop) =>
        {
            var options = Options(arguments);
            var app = EmbeddedHost.Build(options);
            await using var _ = app;
            var invited = await app.Services.GetRequiredService<Invitations>().Invite(arguments.GetValue(AccountId), arguments.GetValue(Email)!, arguments.GetValue(RoleThere), stop);
            var membership = invited.Succeeded ? invited.Value : throw new CommandException(invited.Error!.Message);
            Console.WriteLine($"{arguments.GetValue(Email)} is {membership.Role} of account {membership.AccountId} as principal {membership.PrincipalId}; mail is in {Path.GetFullPath(options.Data)}.");
            return CommandLine.Done;
        });
        return new Command("principals", "The people who manage accounts") { invite };
    }

    internal static EmbeddedOptions Options(ParseResult arguments)
    {
        var configured = EmbeddedOptions.Configured();
        return configured with { Data = arguments.GetValue(CommandLine.Data) ?? configured.Data };
    }
}
