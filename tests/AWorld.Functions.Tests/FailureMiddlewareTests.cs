using AWorld.Functions.Triggers;
using AWorld.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AWorld.Functions.Tests;

public sealed class FailureMiddlewareTests
{
    static async Task<DefaultHttpContext> Fail(Exception failure)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider() };
        var invocation = new FakeInvocation("App", "httpTrigger");
        invocation.Items["HttpRequestContext"] = http;
        await new FailureMiddleware(NullLogger<FailureMiddleware>.Instance).Invoke(invocation, _ => Task.FromException(failure));
        return http;
    }

    [Fact]
    public async Task A_request_that_failed_before_the_product_is_answered() =>
        (await Fail(new TimeoutException())).Response.StatusCode.ShouldBe(500);

    [Fact]
    public async Task A_busy_store_is_a_503_that_says_when_to_come_back()
    {
        var http = await Fail(new StoreBusyException(TimeSpan.FromSeconds(3)));
        (http.Response.StatusCode, http.Response.Headers.RetryAfter.ToString()).ShouldBe((503, "3"));
    }

    [Theory]
    [InlineData("serviceBusTrigger")]
    [InlineData("activityTrigger")]
    [InlineData("cosmosDBTrigger")]
    public async Task Anything_else_fails_on(string trigger) =>
        await Should.ThrowAsync<TimeoutException>(() => new FailureMiddleware(NullLogger<FailureMiddleware>.Instance)
            .Invoke(new FakeInvocation("f", trigger), static _ => Task.FromException(new TimeoutException())));
}
