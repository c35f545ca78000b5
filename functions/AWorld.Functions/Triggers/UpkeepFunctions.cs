using AWorld.Functions.Workflows;
using AWorld.Platform;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Triggers;

/// <summary>A timer for each upkeep of the product; one worker at a time runs it.</summary>
public sealed class UpkeepFunctions(IEnumerable<Upkeep> upkeeps, DurableConnection durable)
{
    [Function("FirstOwner")]
    public Task FirstOwner([TimerTrigger("5 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("TransferRecovery")]
    public Task TransferRecovery([TimerTrigger("0 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("ErasureRecovery")]
    public Task ErasureRecovery([TimerTrigger("20 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("ConfigurationOutbox")]
    public Task ConfigurationOutbox([TimerTrigger("10,40 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("BoardLives")]
    public Task BoardLives([TimerTrigger("0 7 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("SigningKeys")]
    public Task SigningKeys([TimerTrigger("50 */5 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("HeldEvents")]
    public Task HeldEvents([TimerTrigger("30 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("RanksStored")]
    public Task RanksStored([TimerTrigger("15 */10 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("ParkedChanges")]
    public Task ParkedChanges([TimerTrigger("40 */10 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("Media")]
    public Task Media([TimerTrigger("35 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    [Function("EndedWorkflows")]
    public Task EndedWorkflows([TimerTrigger("0 30 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) => Run(client, context);

    Task Run(DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        return upkeeps.Single(upkeep => upkeep.Name == context.FunctionDefinition.Name).Run(context.CancellationToken);
    }
}
