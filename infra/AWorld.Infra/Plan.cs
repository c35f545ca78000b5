using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Infra.Policies;
using AWorld.Infra.Topologies;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Infra;

/// <summary>An environment from its file, and what it comes to.</summary>
static partial class Plan
{
    /// <summary>Of an environment's file, and of what is said of it.</summary>
    public const int MostBytes = 1_000_000, MostProblems = 100;

    /// <summary>The environment of a stack, or all that is wrong with it.</summary>
    public static (Topology? Topology, IReadOnlyList<string> Problems) Read(string stack, string folder)
    {
        var file = Path.Combine(folder, $"{stack}.json");
        try
        {
            using var text = File.OpenText(file);
            if (text.BaseStream.Length > MostBytes)
            {
                return (null, [$"{file}: has {text.BaseStream.Length:N0} bytes, and {MostBytes:N0} are the most"]);
            }
            var read = EnvironmentFile.Parse(text.ReadToEnd());
            string[] problems = [.. read.Problems, .. Checks.Problems(read.Environment, stack, read.Unread)];
            return problems.Length == 0 ? (Topology.Of(read.Environment, stack), []) : (null, [.. problems.Take(MostProblems).Select(Readable), .. problems.Length > MostProblems ? [$"and {problems.Length - MostProblems:N0} more"] : Array.Empty<string>()]);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, [$"there is no environment '{stack}' ({file}); there are: {string.Join(", ", Known(folder))}"]);
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return (null, [$"{file}: {Readable(unreadable.Message)}"]);
        }
    }

    static IEnumerable<string?> Known(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json", new EnumerationOptions { IgnoreInaccessible = true }).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal) : [];

    /// <summary>One line, whatever it quotes, and none of it long.</summary>
    static string Readable(string problem) => LongWord().Replace(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(problem), "$1…");

    [GeneratedRegex(@"(\S{80})\S{40,}(?=\S)")]
    private static partial Regex LongWord();

    /// <summary>Queues and topics as the product's modules declare them.</summary>
    public static IReadOnlyList<MessageEntity> Entities()
    {
        var services = new ServiceCollection().AddAWorld(new ConfigurationBuilder().Build());
        return [.. new MessageEntities(services.Where(static service => service.ServiceType == typeof(MessageEntity)).Select(static service => (MessageEntity)service.ImplementationInstance!)).All];
    }

    /// <returns>0, or 2 when a policy is violated.</returns>
    public static async Task<int> Print(Topology topology, TextWriter to)
    {
        var entities = Entities();
        var graph = await Graph.Of(topology, entities);
        var write = new Report(to);
        write.Head($"{topology.Project} {topology.Stack}: {topology.Ceilings.Size.ToString().ToLowerInvariant()}, {topology.Cells.Count} cell(s), {topology.Stamps.Count()} region(s), kept in {topology.Environment.Location}, {graph.Count} resources{(topology.Environment.BreakGlass ? ", GLASS BROKEN: names lead past Front Door" : "")}");
        foreach (var cell in topology.Cells)
        {
            var accounts = (cell == topology.Default, cell.Use.Accounts) switch { (true, []) => "every account", (true, var bound) => $"{string.Join(", ", bound)} and every account no cell names", (_, []) => "no account yet", (_, var bound) => string.Join(", ", bound) };
            write.Head($"Cell {cell.Use.Name}: https://{cell.Use.Domain}; kept in {cell.Use.Location}; home of {accounts}");
            write.Row("region", "app", "network", "reads and writes in", "");
            foreach (var stamp in cell.Stamps)
            {
                write.Row(stamp.Region.Name, stamp.Name(Named.App), stamp.AddressSpace, string.Join(", else ", cell.Failover.Select(static region => region.Name)), stamp == cell.Home ? "home" : stamp.Draining ? "draining: gets no requests" : "");
            }
        }
        Limits(write, topology, entities);
        Cost(write, topology);
        foreach (var cell in topology.Cells)
        {
            write.Head($"Cell {cell.Use.Name}: when something fails (goals; docs/failover.md says what to do)");
            write.Row("losing", "users are served again", "may be lost");
            foreach (var (failure, time, point) in Objectives.Of(topology, cell))
            {
                write.Row(failure, time, point);
            }
        }
        var violations = Policy.Violations(topology, graph).ToList();
        write.Head(violations.Count == 0 ? $"Policies: {Policy.All.Count} hold" : $"Policies: {violations.Count} violations");
        violations.ForEach(write.Line);
        return violations.Count == 0 ? 0 : 2;
    }

    static void Limits(Report write, Topology topology, IReadOnlyList<MessageEntity> entities)
    {
        var ceilings = topology.Ceilings;
        write.Head("Limits");
        write.Row("requests of one address", $"{ceilings.RequestsPerAddress:N0} in 5 min; authentication {Components.Firewall.AuthenticationRequests}");
        write.Row("app instances", topology.Environment.Hosting == Hosting.FlexConsumption ? $"{ceilings.LeastInstances} (two for each of {Ceilings.ScalingGroups} scaling groups, more for requests if the size has more) to {ceilings.MostInstances} a region, {ceilings.InstanceMegabytes} MB, {ceilings.RequestsPerInstance} requests each at once" : $"{ceilings.PlanInstances} to {ceilings.MostPlanInstances} a region (EP2)");
        write.Row("request units a second", string.Join(", ", ceilings.RequestUnits.Select(static one => $"{one.Key.ToString().ToLowerInvariant()} {one.Value:N0}")));
        write.Row("requests a second", $"about {Costs.Most(topology):N0} in all cells, by request units (estimate)");
        write.Row("Service Bus", $"{ceilings.BusUnits} messaging unit(s) a region; {string.Join(", ", entities.Select(static entity => entity.IsTopic ? $"topic {entity.Name} ({string.Join(", ", entity.Receivers.Select(static receiver => receiver.Name))})" : $"queue {entity.Name}"))}");
        write.Row("workflows", $"{ceilings.WorkflowUnits} capacity unit(s) of the scheduler a region: {ceilings.WorkflowUnits * 2_000:N0} actions a second, {ceilings.WorkflowUnits * 50} GB of histories");
        write.Row("Redis", ceilings.Redis.Replace('_', ' '));
        write.Row("logs", $"{ceilings.DailyLogGigabytes} GB a day and cell, kept {ceilings.RetentionDays} days");
    }

    static void Cost(Report write, Topology topology)
    {
        write.Head("Cost a month in USD, all cells and regions (estimate from list prices of 2026, rounded: azure.microsoft.com/pricing; no measurement)");
        write.Row([.. Load.All.Select(static load => $"{load.Name}: {load.RequestsPerSecond:N0} requests/s, {load.StoredGigabytes:N0} GB").Prepend("")]);
        var costs = Load.All.Select(load => Costs.Monthly(topology, load).ToList()).ToList();
        foreach (var (of, i) in costs[0].Select(static (one, i) => (one.Of, i)))
        {
            write.Row([.. costs.Select(column => Dollars(column[i].Dollars)).Prepend(of)]);
        }
        write.Row([.. costs.Select((column, i) => Load.All[i].RequestsPerSecond > Costs.Most(topology) ? "over the limits" : Dollars(column.Sum(static one => one.Dollars))).Prepend("all")]);
        write.Row("alert", $"at 80 and 100 % of {topology.Environment.MonthlyBudget:N0}");

        static string Dollars(double amount) => amount.ToString("N0", CultureInfo.InvariantCulture);
    }

    /// <summary>Columns as wide as their widest text, printed once the next heading comes.</summary>
    sealed class Report(TextWriter to)
    {
        readonly List<string[]> rows = [];

        public void Head(string text)
        {
            Flush();
            to.WriteLine();
            to.WriteLine(text);
        }

        public void Line(string text) => to.WriteLine($"  {text}");

        public void Row(params string[] cells) => rows.Add(cells);

        void Flush()
        {
            var widths = Enumerable.Range(0, rows.Select(static row => row.Length).DefaultIfEmpty().Max()).Select(i => rows.Max(row => i < row.Length ? row[i].Length : 0)).ToArray();
            foreach (var row in rows)
            {
                to.WriteLine($"  {string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i])))}".TrimEnd());
            }
            rows.Clear();
        }
    }
}
