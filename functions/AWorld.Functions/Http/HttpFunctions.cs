using AWorld.Functions.Workflows;
using Microsoft.AspNetCore.Mvc;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Http;

/// <summary>A function for each part of the API; what it answers is the product's business.</summary>
public sealed class HttpFunctions(ProductPipeline pipeline, DurableConnection durable)
{
    [Function("App")]
    public Task<IActionResult> App([HttpTrigger(AuthorizationLevel.Anonymous, Route = "app/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Dashboard")]
    public Task<IActionResult> Dashboard([HttpTrigger(AuthorizationLevel.Anonymous, Route = "dashboard/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Portal")]
    public Task<IActionResult> Portal([HttpTrigger(AuthorizationLevel.Anonymous, Route = "portal/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Identity")]
    public Task<IActionResult> Identity([HttpTrigger(AuthorizationLevel.Anonymous, Route = "oauth2/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("SignIn")]
    public Task<IActionResult> SignIn([HttpTrigger(AuthorizationLevel.Anonymous, Route = "auth/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Discovery")]
    public Task<IActionResult> Discovery([HttpTrigger(AuthorizationLevel.Anonymous, Route = ".well-known/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Integrations")]
    public Task<IActionResult> Integrations([HttpTrigger(AuthorizationLevel.Anonymous, Route = "integrations/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Schemas")]
    public Task<IActionResult> Schemas([HttpTrigger(AuthorizationLevel.Anonymous, Route = "schemas/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("OpenApi")]
    public Task<IActionResult> OpenApi([HttpTrigger(AuthorizationLevel.Anonymous, Route = "openapi/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Docs")]
    public Task<IActionResult> Docs([HttpTrigger(AuthorizationLevel.Anonymous, Route = "docs/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    [Function("Health")]
    public Task<IActionResult> Health([HttpTrigger(AuthorizationLevel.Anonymous, Route = "health/{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    /// <summary>What is nowhere: the product says so in its own way. The Functions host tries routes in the order of the functions' names, so this one's is the last.</summary>
    [Function("Unknown")]
    public Task<IActionResult> Unknown([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => Answer(request, client);

    Task<IActionResult> Answer(HttpRequest request, DurableTaskClient client)
    {
        durable.Use(client);
        return pipeline.Run(request.HttpContext);
    }
}
