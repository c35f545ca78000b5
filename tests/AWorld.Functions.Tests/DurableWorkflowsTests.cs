using System.Text.Json;
using AWorld.Functions.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using AWorld.Tests;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Status = Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace AWorld.Functions.Tests;

public sealed class DurableWorkflowsTests
{
    static readonly Tenant Acme = new("acme000001", "main000001");
    static readonly Workflow<int, int> Count = new("count", 3, static (_, input) => Task.FromResult(input));
    static readonly DateTimeOffset Began = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A task hub in memory, whose instances do not run.</summary>
    sealed class FakeHub() : DurableTaskClient("hub")
    {
        public Dictionary<string, OrchestrationMetadata> Instances { get; } = [];
        public List<string> Asked { get; } = [];

        /// <summary>Somebody else is quicker with this start.</summary>
        public bool StartsElsewhere { get; set; }

        public void Add(string id, Status status, int version = 3, TaskFailureDetails? failure = null, object? output = null, object? customStatus = null) => Instances[id] = new("count", id)
        {
            RuntimeStatus = status, CreatedAt = Began, LastUpdatedAt = Began.AddHours(1), FailureDetails = failure,
            SerializedInput = JsonSerializer.Serialize(new WorkflowCall(InstanceIds.TenantOf(id)!, version, Json.Element(7)), Json.Options),
            SerializedOutput = output is null ? null : JsonSerializer.Serialize(output), SerializedCustomStatus = customStatus is null ? null : JsonSerializer.Serialize(customStatus),
        };

        public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
        {
            var call = (WorkflowCall)input!;
            Asked.Add($"start {orchestratorName} v{options!.Version!.Value.Version} {call.Input} unless {options.DedupeStatuses!.Count}");
            Add(options.InstanceId!, Status.Pending, call.Version);
            return StartsElsewhere ? throw new InvalidOperationException("it exists") : Task.FromResult(options.InstanceId!);
        }

        public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => Task.FromResult(Instances.GetValueOrDefault(instanceId));

        Task Note(string what)
        {
            Asked.Add(what);
            return Task.CompletedTask;
        }

        public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) => Note($"raise {instanceId} {eventName} {eventPayload}");
        public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => Note($"suspend {reason}");
        public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => Note($"resume {reason}");
        public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) => Note($"terminate {options!.Output}");
        public override Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default) => Note($"rewind {reason}");

        public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
        {
            Asked.Add("purge");
            return Task.FromResult(new PurgeResult(1));
        }

        public override Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
        {
            Asked.Add($"purge before {filter.CreatedTo:yyyy-MM-dd}: {string.Join(',', filter.Statuses!)}");
            return Task.FromResult(new PurgeResult(1));
        }

        public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
        {
            Asked.Add($"list {filter!.InstanceIdPrefix} {string.Join(',', filter.Statuses ?? [])} {filter.PageSize}");
            return Pageable.Create<OrchestrationMetadata>((next, _) => Task.FromResult(new Microsoft.DurableTask.Page<OrchestrationMetadata>([.. Instances.Values.Skip(next is null ? 0 : 1).Take(1)], next is null ? "1" : null)));
        }

        public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();
        public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();
        public override ValueTask DisposeAsync() => default;
    }

    static (FakeHub Hub, DurableWorkflows Workflows) Start()
    {
        var (hub, connection) = (new FakeHub(), new DurableConnection());
        connection.Use(hub);
        return (hub, new(connection, new FakeClock(Began)));
    }

    static string Id(string own) => InstanceIds.Of(Acme, own);

    [Fact]
    public async Task A_start_is_scheduled_once_under_an_id_of_its_tenant()
    {
        var (hub, workflows) = Start();
        for (var time = 0; time < 2; time++)
        {
            var started = (await workflows.Start(Count, Acme, "count:1", 7, CancellationToken.None)).Value;
            (started.Tenant, started.Id, started.Workflow, started.Version, started.State).ShouldBe((Acme, "count:1", "count", 3, WorkflowState.Pending));
        }
        hub.Asked.ShouldBe([$"start count v3 7 unless {StartOrchestrationOptionsExtensions.ValidDedupeStatuses.ToList().Count}"]);
        hub.Instances.Keys.ShouldBe(["acme000001.main000001.count:1"]);
    }

    [Fact]
    public async Task A_start_that_somebody_else_made_first_answers_with_theirs()
    {
        var (hub, workflows) = Start();
        hub.StartsElsewhere = true;
        (await workflows.Start(Count, Acme, "count:1", 7, CancellationToken.None)).Value.Id.ShouldBe("count:1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public async Task An_id_that_the_port_does_not_allow_is_refused(string id) =>
        (await Start().Workflows.Start(Count, Acme, id, 7, CancellationToken.None)).Error!.Status.ShouldBe(400);

    [Fact]
    public async Task An_instance_is_seen_as_the_port_has_it()
    {
        var (hub, workflows) = Start();
        hub.Add(Id("done"), Status.Completed, output: 12, customStatus: "half");
        hub.Add(Id("failed"), Status.Failed, failure: new("System.TimeoutException", "too late", null, null, null));
        hub.Add(Id("ended"), Status.Terminated, output: "no longer needed");
        var done = (await workflows.Get(Acme, "done", CancellationToken.None)).Value;
        (done.State, done.Output!.Value.GetInt32(), done.Status!.Value.GetString(), done.CreatedAt, done.UpdatedAt).ShouldBe((WorkflowState.Completed, 12, "half", Began, Began.AddHours(1)));
        (await workflows.Get(Acme, "failed", CancellationToken.None)).Value.Failure.ShouldBe(new WorkflowFailure("TimeoutException", "too late"));
        (await workflows.Get(Acme, "ended", CancellationToken.None)).Value.Reason.ShouldBe("no longer needed");
        (await workflows.Get(Acme with { WorkspaceId = "other00001" }, "done", CancellationToken.None)).Error!.Status.ShouldBe(404);
    }

    [Fact]
    public async Task Every_state_of_the_task_hub_is_one_of_the_ports()
    {
        var (hub, workflows) = Start();
        Dictionary<Status, WorkflowState> seen = [];
        foreach (var status in Enum.GetValues<Status>())
        {
            hub.Add(Id("one"), status);
            seen[status] = (await workflows.Get(Acme, "one", CancellationToken.None)).Value.State;
        }
        seen.ShouldBe(new Dictionary<Status, WorkflowState>
        {
            [Status.Running] = WorkflowState.Running, [Status.Completed] = WorkflowState.Completed, [Status.ContinuedAsNew] = WorkflowState.Running,
            [Status.Failed] = WorkflowState.Failed, [Status.Canceled] = WorkflowState.Running, [Status.Terminated] = WorkflowState.Terminated,
            [Status.Pending] = WorkflowState.Pending, [Status.Suspended] = WorkflowState.Suspended,
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task Nothing_is_listed_of_a_state_that_the_task_hub_does_not_have()
    {
        var (hub, workflows) = Start();
        hub.Add(Id("a"), Status.Running);
        (await workflows.List("acme000001", WorkflowState.Quarantined, 10, null, CancellationToken.None)).Items.ShouldBeEmpty();
        hub.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Orders_are_given_where_the_state_allows_them()
    {
        var (hub, workflows) = Start();
        hub.Add(Id("runs"), Status.Running);
        hub.Add(Id("stands"), Status.Suspended);
        hub.Add(Id("failed"), Status.Failed);
        (await workflows.Raise(Acme, "runs", "changed", 5, CancellationToken.None)).Error.ShouldBeNull();
        (await workflows.Suspend(Acme, "runs", "why", CancellationToken.None)).Error.ShouldBeNull();
        (await workflows.Resume(Acme, "stands", "go", CancellationToken.None)).Error.ShouldBeNull();
        (await workflows.Terminate(Acme, "runs", "enough", CancellationToken.None)).Error.ShouldBeNull();
        (await workflows.Retry(Acme, "failed", "again", CancellationToken.None)).Error.ShouldBeNull();
        (await workflows.Purge(Acme, "failed", CancellationToken.None)).Error.ShouldBeNull();
        hub.Asked.ShouldBe(["raise acme000001.main000001.runs changed 5", "suspend why", "resume go", "terminate enough", "rewind again", "purge"]);
        (await workflows.Raise(Acme, "failed", "changed", 5, CancellationToken.None)).Error!.Status.ShouldBe(409);
        (await workflows.Retry(Acme, "runs", "again", CancellationToken.None)).Error!.Status.ShouldBe(409);
        (await workflows.Purge(Acme, "runs", CancellationToken.None)).Error!.Status.ShouldBe(409);
        (await workflows.Raise(Acme, "nobody", "changed", 5, CancellationToken.None)).Error!.Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_list_is_of_one_account_and_goes_on_where_it_ended()
    {
        var (hub, workflows) = Start();
        hub.Add(Id("a"), Status.Running);
        hub.Add(Id("b"), Status.Running);
        var first = await workflows.List("acme000001", WorkflowState.Running, 1, null, CancellationToken.None);
        var second = await workflows.List("acme000001", WorkflowState.Running, 1, first.Continuation, CancellationToken.None);
        first.Items.Concat(second.Items).Select(instance => instance.Id).ShouldBe(["a", "b"]);
        second.Continuation.ShouldBeNull();
        hub.Asked[0].ShouldBe("list acme000001. Running,ContinuedAsNew,Canceled 1");
    }

    [Fact]
    public async Task A_history_tells_beginning_and_end()
    {
        var (hub, workflows) = Start();
        hub.Add(Id("done"), Status.Completed, output: 12);
        var history = (await workflows.History(Acme, "done", null, CancellationToken.None)).Value;
        history.Items.Select(item => (item.Kind, item.Data!.Value.GetInt32())).ShouldBe([("ExecutionStarted", 7), ("ExecutionCompleted", 12)]);
    }

    [Fact]
    public async Task What_ended_is_removed_after_its_time()
    {
        var (hub, connection) = (new FakeHub(), new DurableConnection());
        connection.Use(hub);
        await new EndedWorkflows(connection, new FakeClock(Began), Options.Create(new AzureOptions())).Purge(CancellationToken.None);
        hub.Asked.ShouldBe(["purge before 2026-01-30: Completed,Failed,Terminated"]);
    }

    [Fact]
    public async Task Nothing_is_asked_before_the_host_gave_its_client()
    {
        using var soon = new CancellationTokenSource();
        var asking = new DurableWorkflows(new DurableConnection(), new FakeClock(Began)).Get(Acme, "a", soon.Token);
        asking.IsCompleted.ShouldBeFalse();
        await soon.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asking);
    }
}
