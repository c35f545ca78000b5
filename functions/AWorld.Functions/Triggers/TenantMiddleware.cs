using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using AWorld.Functions.Workflows;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace AWorld.Functions.Triggers;

/// <summary>A trigger came without the tenant that it must have.</summary>
public sealed class TenantMissingException(string function, string trigger) : Exception($"the {trigger} of '{function}' names no tenant");

/// <summary>
/// First in the chain of every invocation: establishes whose it is, for the function (<see cref="TenantOf"/>), its trace,
/// its log lines and its count. Where a request comes by HTTP, the product's own pipeline does so from the token.
/// </summary>
public class TenantMiddleware(ILogger<TenantMiddleware> log) : IFunctionsWorkerMiddleware
{
    /// <summary>Invocations by <c>function</c>, <c>account</c> (where the trigger names one) and <c>outcome</c>; a request that was answered with a failure of ours is failed.</summary>
    static readonly Counter<long> Invocations = Telemetry.Meter.CreateCounter<long>("aworld.functions.invocations", "{invocation}", "Invocations of functions");

    /// <summary>Where each kind of trigger has its tenant. A kind that is not here fails.</summary>
    internal static readonly IReadOnlyDictionary<string, Rule> Rules = new Dictionary<string, Rule>(StringComparer.OrdinalIgnoreCase)
    {
        ["httpTrigger"] = Rule.OfItsToken,
        ["serviceBusTrigger"] = Rule.OfItsProperties,
        ["orchestrationTrigger"] = Rule.OfItsInstance,
        ["activityTrigger"] = Rule.OfItsInstance,
        ["cosmosDBTrigger"] = Rule.OfThePlatform,
        ["timerTrigger"] = Rule.OfThePlatform,
        ["warmupTrigger"] = Rule.OfThePlatform,
    };

    internal enum Rule { OfItsToken, OfItsProperties, OfItsInstance, OfThePlatform }

    /// <summary>The tenant whose message or workflow the invocation is for.</summary>
    public static Tenant TenantOf(FunctionContext context) =>
        context.Features.Get<Tenant>() ?? throw new InvalidOperationException($"'{context.FunctionDefinition.Name}' is of no tenant");

    // An orchestration runs on its own thread: nothing here may await what has not completed.
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var name = context.FunctionDefinition.Name;
        var trigger = context.FunctionDefinition.InputBindings.Values.FirstOrDefault(static binding => binding.Type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidOperationException($"'{name}' has no trigger");
        if (!Rules.TryGetValue(trigger.Type, out var rule))
        {
            throw new InvalidOperationException($"there is no rule for the tenant of a {trigger.Type}");
        }
        var tenant = rule switch
        {
            Rule.OfItsProperties => OfProperties(context),
            Rule.OfItsInstance => InstanceIds.TenantOf(Data(context, "instanceId") as string ?? InstanceIds.In(await Input(context, trigger))),
            _ => null,
        };
        if (tenant is null && rule is Rule.OfItsInstance)
        {
            Count(name, null, "refused");
            throw new TenantMissingException(name, trigger.Type);
        }
        // Only the function itself can keep a message from coming again, and of what is nobody's it does nothing else.
        await Run(context, name, tenant, next, done: tenant is null && rule is Rule.OfItsProperties ? "refused" : "completed");
    }

    async Task Run(FunctionContext context, string name, Tenant? tenant, FunctionExecutionDelegate next, string done)
    {
        using var scope = log.BeginScope(Scope(context, tenant));
        if (tenant is not null)
        {
            context.Features.Set(tenant);
            Activity.Current?.SetTag("aworld.account", tenant.AccountId).SetTag("aworld.workspace", tenant.WorkspaceId);
        }
        try
        {
            await next(context);
        }
        catch
        {
            Count(name, tenant, "failed");
            throw;
        }
        Count(name, tenant, context.GetHttpContext() is { Response.StatusCode: >= 500 } ? "failed" : done);
    }

    static List<KeyValuePair<string, object?>> Scope(FunctionContext context, Tenant? tenant)
    {
        List<KeyValuePair<string, object?>> scope = [new("function", context.FunctionDefinition.Name), new("invocationId", context.InvocationId)];
        if (tenant is not null)
        {
            scope.AddRange([new("accountId", tenant.AccountId), new("workspaceId", tenant.WorkspaceId)]);
        }
        return scope;
    }

    static void Count(string function, Tenant? tenant, string outcome) =>
        Invocations.Add(1, new("function", function), new("account", tenant?.AccountId), new("outcome", outcome));

    /// <summary>What the trigger came with, as the Durable extension binds it itself: bound as anything else it would find nothing.</summary>
    protected virtual async ValueTask<object?> Input(FunctionContext context, BindingMetadata trigger) => (await context.BindInputAsync<object>(trigger)).Value;

    static Tenant? OfProperties(FunctionContext context)
    {
        if (Data(context, "ApplicationProperties") is not string json)
        {
            return null;
        }
        using var properties = JsonDocument.Parse(json);
        return Text(properties, Message.AccountIdProperty) is { } account && Text(properties, Message.WorkspaceIdProperty) is { } workspace && Ids.IsTenantId(account) && Ids.IsTenantId(workspace)
            ? new(account, workspace)
            : null;
    }

    static string? Text(JsonDocument properties, string name) =>
        properties.RootElement.ValueKind == JsonValueKind.Object && properties.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static object? Data(FunctionContext context, string name) =>
        context.BindingContext.BindingData.FirstOrDefault(data => data.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
