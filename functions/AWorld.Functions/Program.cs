using AWorld.Functions;
using AWorld.Functions.Triggers;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<TenantMiddleware>();
builder.UseMiddleware<FailureMiddleware>();
builder.Services.AddAzureHost(builder.Configuration);
await builder.Build().RunAsync();
