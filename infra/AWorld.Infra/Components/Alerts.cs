using AWorld.Infra.Topologies;
using AWorld.Platform;
using Pulumi;
using Pulumi.AzureNative.Consumption;
using Pulumi.AzureNative.Monitor;
using Pulumi.AzureNative.Monitor.Inputs;

namespace AWorld.Infra.Components;

sealed record AlertsArgs(Topology Topology, Place Place, Subscription Subscription, Output<string> ProfileId, IReadOnlyList<CellOfAlerts> Cells);

sealed record CellOfAlerts(CellTopology Topology, Output<string> WorkspaceId, Output<string> CosmosId, IReadOnlyList<(StampTopology Topology, Stamp Stamp)> Stamps);

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
        Metric($"{name}-origins", "Fewer than nine in ten health probes of the apps succeed", 1, args.ProfileId, "Microsoft.Cdn/profiles", "OriginHealthPercentage", Operator.LessThan, 90, AggregationTypeEnum.Average);
        foreach (var (cell, workspace, cosmos, stamps) in args.Cells)
        {
            var of = $"{name}-{cell.Use.Name}";
            Metric($"{of}-throttled", "Cosmos DB refuses requests: raise the ceiling or find the hot partition", 2, cosmos, "Microsoft.DocumentDB/databaseAccounts", "TotalRequests", Operator.GreaterThan, 100, AggregationTypeEnum.Count,
                new MetricDimensionArgs { Name = "StatusCode", Operator = "Include", Values = { "429" } });
            if (cell.Stamps.Count > 1)
            {
                Metric($"{of}-replication", "Replication between regions takes over five seconds: losing the home region now loses that much", 2, cosmos, "Microsoft.DocumentDB/databaseAccounts", "ReplicationLatency", Operator.GreaterThan, 5_000, AggregationTypeEnum.Average);
            }
            foreach (var (topology, stamp) in stamps)
            {
                var ofStamp = $"{of}-{topology.Region.Code}";
                Metric($"{ofStamp}-dead", "Messages nobody could handle lie in a dead-letter queue", 2, stamp.BusId, "Microsoft.ServiceBus/namespaces", "DeadletteredMessages", Operator.GreaterThan, 0, AggregationTypeEnum.Maximum);
                Metric($"{ofStamp}-waiting", "Messages wait longer than they are handled", 3, stamp.BusId, "Microsoft.ServiceBus/namespaces", "ActiveMessages", Operator.GreaterThan, 10_000, AggregationTypeEnum.Average);
                // Counted by the scheduler, so that they show also where no app is left to measure how late it is.
                Metric($"{ofStamp}-stuck", "Workflows are due and nobody takes them", 2, stamp.SchedulerId, "Microsoft.DurableTask/schedulers", "OrchestratorPendingItems", Operator.GreaterThan, 100, AggregationTypeEnum.Minimum);
            }
            foreach (var query in Queries)
            {
                Query($"{of}-{query.Name}", query, workspace);
            }
        }
        Budget(name, args, environment);
        RegisterOutputs();
    }

    /// <param name="Threshold">The number that the query's one row may have.</param>
    public sealed record AlertQuery(string Name, string Description, string Text, double Threshold, double Severity);

    /// <summary>Over the tables of a workspace-based Application Insights: https://learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests.</summary>
    public static readonly IReadOnlyList<AlertQuery> Queries =
    [
        new("errors", "More than one in a hundred requests fail", "AppRequests | summarize Value = 100.0 * countif(toint(ResultCode) >= 500) / count()", 1, 1),
        new("slow", "One in a hundred requests takes over a second", "AppRequests | summarize Value = percentile(DurationMs, 99)", 1_000, 2),
        new("silent", "Nothing answers: fewer than one request in five minutes, though probes alone make more", "AppRequests | summarize Value = iff(count() == 0, 1.0, 0.0)", 0.5, 1),
        new("workflows", "Workflows failed or are quarantined", $"AppMetrics | where Name == '{Telemetry.WorkflowsEnded.Name}' and tostring(Properties.state) in ('Failed', 'Quarantined') | summarize Value = sum(Sum)", 0.5, 2),
        new("late", "Workflows go on more than five minutes after their time", $"AppMetrics | where Name == '{Telemetry.WorkflowLag.Name}' | summarize Value = max(Max)", 300, 2),
        new("keys", "A vault of keys failed: a region lives on its copies, or on the cell's vault alone", $"AppMetrics | where Name == '{Telemetry.KeysOutOfReach.Name}' | summarize Value = sum(Sum)", 0.5, 3),
    ];

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

    void Metric(string name, string description, int severity, Output<string> scope, string type, string metric, Operator compare, double threshold, AggregationTypeEnum aggregation, params MetricDimensionArgs[] dimensions)
    {
        var criterion = new MetricCriteriaArgs { Name = "crossed", CriterionType = "StaticThresholdCriterion", MetricNamespace = type, MetricName = metric, Operator = compare, Threshold = threshold, TimeAggregation = aggregation };
        foreach (var dimension in dimensions)
        {
            criterion.Dimensions.Add(dimension);
        }
        _ = new MetricAlert(name, new()
        {
            RuleName = name,
            ResourceGroupName = place.Group,
            Location = "global",
            Description = description,
            Enabled = true,
            Severity = severity,
            Scopes = { scope },
            EvaluationFrequency = "PT1M",
            WindowSize = "PT5M",
            Criteria = new MetricAlertSingleResourceMultipleMetricCriteriaArgs { OdataType = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", AllOf = { criterion } },
            Actions = { new MetricAlertActionArgs { ActionGroupId = receivers } },
            Tags = place.Tags,
        }, new() { Parent = this });
    }

    void Query(string name, AlertQuery query, Output<string> workspace) => _ = new ScheduledQueryRule(name, new()
    {
        RuleName = name,
        ResourceGroupName = place.Group,
        Location = place.Location,
        Description = query.Description,
        Enabled = true,
        Severity = query.Severity,
        Scopes = { workspace },
        EvaluationFrequency = "PT5M",
        WindowSize = "PT5M",
        Criteria = new ScheduledQueryRuleCriteriaArgs
        {
            AllOf =
            {
                new ConditionArgs
                {
                    Query = query.Text, MetricMeasureColumn = "Value", TimeAggregation = TimeAggregation.Maximum, Operator = ConditionOperator.GreaterThan, Threshold = query.Threshold,
                    FailingPeriods = new ConditionFailingPeriodsArgs { NumberOfEvaluationPeriods = 1, MinFailingPeriodsToAlert = 1 },
                },
            },
        },
        Actions = new ActionsArgs { ActionGroups = { receivers } },
        Tags = place.Tags,
    }, new() { Parent = this });

    void Budget(string name, AlertsArgs args, Topologies.Environment environment)
    {
        var budget = new BudgetArgs
        {
            BudgetName = $"{args.Topology.Project}-{args.Topology.Stack}",
            Scope = Output.Format($"/subscriptions/{args.Subscription.Id}"),
            Category = CategoryType.Cost,
            Amount = environment.MonthlyBudget,
            TimeGrain = TimeGrainType.Monthly,
            // A month's first day, needed and of no effect: the budget starts anew each month.
            TimePeriod = new Pulumi.AzureNative.Consumption.Inputs.BudgetTimePeriodArgs { StartDate = "2026-01-01T00:00:00Z" },
        };
        foreach (var percent in (int[])[80, 100])
        {
            budget.Notifications.Add($"at-{percent}", new Pulumi.AzureNative.Consumption.Inputs.NotificationArgs
            {
                Enabled = true, Operator = OperatorType.GreaterThanOrEqualTo, Threshold = percent, ContactEmails = environment.Alerts.Emails.ToArray(), ContactGroups = { receivers },
            });
        }
        _ = new Budget($"{name}-budget", budget, new() { Parent = this });
    }
}
