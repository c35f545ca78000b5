using System.Globalization;
using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.Consumption;
using Pulumi.AzureNative.Monitor;
using Pulumi.AzureNative.Monitor.Inputs;

namespace AWorld.Infra.Components;

sealed record AlertsArgs(Topology Topology, Place Place, Subscription Subscription, Output<string> ProfileId, IReadOnlyList<CellOfAlerts> Cells, IReadOnlyList<string> Queues, DateTimeOffset Now);

sealed record CellOfAlerts(CellTopology Topology, Place Place, Output<string> WorkspaceId, Output<string> CosmosId, IReadOnlyList<(StampTopology Topology, Stamp Stamp)> Stamps);

/// <summary>Who is called, and when.</summary>
sealed class Alerts : ComponentResource
{
    readonly Place place;
    readonly Output<string> receivers;

    public Alerts(string name, AlertsArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Alerts", name, options)
    {
        place = args.Place;
        var environment = args.Topology.Environment;
        receivers = Receivers(name, args.Topology).Id;
        Metric($"{name}-origins", "Fewer than nine in ten health probes of a region's app succeed", 1, place, args.ProfileId, "Microsoft.Cdn/profiles", "OriginHealthPercentage", Operator.LessThan, 90, AggregationTypeEnum.Average, Each("Origin"), Each("OriginGroup"));
        foreach (var cell in args.Cells)
        {
            Cell($"{name}-{cell.Topology.Use.Name}", cell, args.Queues);
        }
        Budget(name, args, environment);
        RegisterOutputs();
    }

    void Cell(string of, CellOfAlerts cell, IReadOnlyList<string> queues)
    {
        const string cosmos = "Microsoft.DocumentDB/databaseAccounts", bus = "Microsoft.ServiceBus/namespaces";
        Metric($"{of}-throttled", "Cosmos DB refuses requests: raise the ceiling or find the hot partition", 2, cell.Place, cell.CosmosId, cosmos, "TotalRequests", Operator.GreaterThan, 100, AggregationTypeEnum.Count, Only("StatusCode", "429"));
        if (cell.Stamps.Count > 1)
        {
            Metric($"{of}-replication", "Replication between regions takes over five seconds: losing the home region now loses that much", 2, cell.Place, cell.CosmosId, cosmos, "ReplicationLatency", Operator.GreaterThan, 5_000, AggregationTypeEnum.Average);
        }
        foreach (var (topology, stamp) in cell.Stamps)
        {
            var ofStamp = $"{of}-{topology.Region.Code}";
            Metric($"{ofStamp}-dead", "Messages nobody could handle lie in a dead-letter queue", 2, cell.Place, stamp.BusId, bus, "DeadletteredMessages", Operator.GreaterThan, 0, AggregationTypeEnum.Maximum, Each("EntityName"));
            // Not of topics: of their messages those count that wait for somebody who may never read.
            Metric($"{ofStamp}-waiting", "Messages wait longer than they are handled", 3, cell.Place, stamp.BusId, bus, "ActiveMessages", Operator.GreaterThan, 10_000, AggregationTypeEnum.Average, Only("EntityName", [.. queues]));
            Metric($"{ofStamp}-full", "A queue or topic is filling up: once it is full, whoever sends to it is refused", 1, cell.Place, stamp.BusId, bus, "Size", Operator.GreaterThan, Messaging.Megabytes * 1_048_576.0 * 0.6, AggregationTypeEnum.Average, Each("EntityName"));
            // Counted by the scheduler, so that they show also where no app is left to measure how late it is.
            Metric($"{ofStamp}-stuck", "Workflows are due and nobody takes them", 2, cell.Place, stamp.SchedulerId, "Microsoft.DurableTask/schedulers", "OrchestratorPendingItems", Operator.GreaterThan, 100, AggregationTypeEnum.Minimum);
        }
        foreach (var query in AlertQuery.Of(cell.Topology))
        {
            Query($"{of}-{query.Name}", query, cell);
        }
    }

    static MetricDimensionArgs Each(string dimension) => Only(dimension, "*");

    static MetricDimensionArgs Only(string dimension, params string[] values) => new() { Name = dimension, Operator = "Include", Values = values };

    ActionGroup Receivers(string name, Topology topology)
    {
        var args = new Pulumi.AzureNative.Monitor.ActionGroupArgs
        {
            ActionGroupName = topology.Global(Named.ActionGroup),
            ResourceGroupName = place.Group,
            Location = "global",
            GroupShortName = topology.Stack[..Math.Min(12, topology.Stack.Length)],
            Enabled = true,
            Tags = place.Tags,
        };
        foreach (var (email, i) in topology.Environment.Alerts.Emails.Select(static (email, i) => (email, i)))
        {
            args.EmailReceivers.Add(new EmailReceiverArgs { Name = $"email-{i}", EmailAddress = email, UseCommonAlertSchema = true });
        }
        foreach (var (hook, i) in topology.Environment.Alerts.Webhooks.Select(static (hook, i) => (hook, i)))
        {
            args.WebhookReceivers.Add(new WebhookReceiverArgs { Name = $"webhook-{i}", ServiceUri = hook.AbsoluteUri, UseCommonAlertSchema = true });
        }
        return new($"{name}-receivers", args, new() { Parent = this });
    }

    void Metric(string name, string description, int severity, Place of, Output<string> scope, string type, string metric, Operator compare, double threshold, AggregationTypeEnum aggregation, params MetricDimensionArgs[] dimensions)
    {
        var criterion = new MetricCriteriaArgs { Name = "crossed", CriterionType = "StaticThresholdCriterion", MetricNamespace = type, MetricName = metric, Operator = compare, Threshold = threshold, TimeAggregation = aggregation };
        foreach (var dimension in dimensions)
        {
            criterion.Dimensions.Add(dimension);
        }
        _ = new MetricAlert(name, new()
        {
            RuleName = name,
            ResourceGroupName = of.Group,
            Location = "global",
            Description = description,
            Enabled = true,
            Severity = severity,
            Scopes = { scope },
            EvaluationFrequency = "PT1M",
            WindowSize = "PT5M",
            Criteria = new MetricAlertSingleResourceMultipleMetricCriteriaArgs { OdataType = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", AllOf = { criterion } },
            Actions = { new MetricAlertActionArgs { ActionGroupId = receivers } },
            Tags = of.Tags,
        }, new() { Parent = this });
    }

    /// <summary>In the cell's own region, since what it reads and shows is the cell's.</summary>
    void Query(string name, AlertQuery query, CellOfAlerts of)
    {
        var condition = new ConditionArgs
        {
            Query = query.Text, MetricMeasureColumn = "Value", TimeAggregation = TimeAggregation.Maximum, Operator = ConditionOperator.GreaterThan, Threshold = query.Threshold,
            FailingPeriods = new ConditionFailingPeriodsArgs { NumberOfEvaluationPeriods = 1, MinFailingPeriodsToAlert = 1 },
            Dimensions = { new DimensionArgs { Name = AlertQuery.App, Operator = DimensionOperator.Include, Values = { "*" } } },
        };
        _ = new ScheduledQueryRule(name, new()
        {
            RuleName = name,
            ResourceGroupName = of.Place.Group,
            Location = of.Place.Location,
            Description = query.Description,
            Enabled = true,
            Severity = query.Severity,
            // Tables may come with their first row.
            SkipQueryValidation = true,
            Scopes = { of.WorkspaceId },
            EvaluationFrequency = "PT5M",
            WindowSize = "PT5M",
            Criteria = new ScheduledQueryRuleCriteriaArgs { AllOf = { condition } },
            Actions = new ActionsArgs { ActionGroups = { receivers } },
            Tags = of.Place.Tags,
        }, new() { Parent = this });
    }

    void Budget(string name, AlertsArgs args, Topologies.Environment environment)
    {
        var budget = new BudgetArgs
        {
            BudgetName = $"{args.Topology.Project}-{args.Topology.Stack}",
            Scope = Output.Format($"/subscriptions/{args.Subscription.Id}"),
            Category = CategoryType.Cost,
            Amount = environment.MonthlyBudget,
            TimeGrain = TimeGrainType.Monthly,
            // The first day of the month it is made in: Azure refuses an earlier one, and refuses to change it (https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update).
            TimePeriod = new Pulumi.AzureNative.Consumption.Inputs.BudgetTimePeriodArgs { StartDate = args.Now.UtcDateTime.ToString("yyyy-MM-01T00:00:00Z", CultureInfo.InvariantCulture) },
            Filter = new Pulumi.AzureNative.Consumption.Inputs.BudgetFilterArgs
            {
                Dimensions = new Pulumi.AzureNative.Consumption.Inputs.BudgetComparisonExpressionArgs
                {
                    Name = "ResourceGroupName", Operator = BudgetOperatorType.In, Values = args.Topology.Resources.Where(static named => named.Kind == Named.ResourceGroup).Select(static named => named.Name).ToArray(),
                },
            },
        };
        foreach (var percent in (int[])[80, 100])
        {
            budget.Notifications.Add($"at-{percent}", new Pulumi.AzureNative.Consumption.Inputs.NotificationArgs
            {
                Enabled = true, Operator = OperatorType.GreaterThanOrEqualTo, Threshold = percent, ContactEmails = environment.Alerts.Emails.ToArray(), ContactGroups = { receivers },
            });
        }
        _ = new Budget($"{name}-budget", budget, new() { Parent = this, IgnoreChanges = { "timePeriod" } });
    }
}
