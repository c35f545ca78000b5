using System.Net;
using System.Text.Json.Nodes;
using AWorld.Functions.Mail;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Platform;

namespace AWorld.Functions.Tests.Mail;

public sealed class CommunicationMailerTests
{
    static readonly Platform.Mail Code = new("ada@example.com", "Your code", "123456");

    /// <summary>Answers in turn, the last one ever after; an exception is a connection that broke.</summary>
    sealed class Wire(params object[] answers) : HttpMessageHandler
    {
        public List<(HttpRequestMessage Request, JsonNode Body)> Sent { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent.Add((request, JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!));
            return answers[Math.Min(Sent.Count, answers.Length) - 1] switch
            {
                HttpStatusCode status => new(status),
                var broken => throw (Exception)broken,
            };
        }
    }

    static CommunicationMailer Over(Wire wire) => new(
        new HttpClient(wire), new FixedCredential("token"), new() { Endpoint = new("https://aworld.communication.azure.com"), RetryAfter = TimeSpan.Zero }, "no-reply@aworld.example", TimeProvider.System);

    [Fact]
    public async Task A_mail_is_handed_over_with_the_identity_s_token()
    {
        using var wire = new Wire(HttpStatusCode.Accepted);
        await Over(wire).Send(Code, CancellationToken.None);

        var (request, body) = wire.Sent.ShouldHaveSingleItem();
        (request.Method, request.RequestUri!.AbsoluteUri).ShouldBe((HttpMethod.Post, "https://aworld.communication.azure.com/emails:send?api-version=2023-03-31"));
        request.Headers.Authorization!.ToString().ShouldBe("Bearer token");
        ((string)body["senderAddress"]!, (string)body["recipients"]!["to"]![0]!["address"]!).ShouldBe(("no-reply@aworld.example", "ada@example.com"));
        ((string)body["content"]!["subject"]!, (string)body["content"]!["plainText"]!).ShouldBe(("Your code", "123456"));
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_for_the_same_operation()
    {
        using var wire = new Wire(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable, HttpStatusCode.Accepted);
        await Over(wire).Send(Code, CancellationToken.None);
        wire.Sent.Count.ShouldBe(3);
        wire.Sent.Select(sent => sent.Request.Headers.GetValues("Operation-Id").Single()).Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("408")]
    [InlineData("torn")]
    [InlineData("timeout")]
    public async Task A_mail_whose_answer_was_lost_is_sent_again_as_the_same_operation(string how)
    {
        object lost = how switch
        {
            "408" => HttpStatusCode.RequestTimeout,
            "torn" => new HttpRequestException("the connection was torn", new IOException()),
            _ => new TaskCanceledException("it took too long", new TimeoutException()),
        };
        using var wire = new Wire(lost, HttpStatusCode.Accepted);
        await Over(wire).Send(Code, CancellationToken.None);
        wire.Sent.Count.ShouldBe(2);
        wire.Sent.Select(sent => sent.Request.Headers.GetValues("Operation-Id").Single()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_service_out_of_reach_is_given_up_after_the_last_try()
    {
        using var wire = new Wire(new HttpRequestException("no such host"));
        await Should.ThrowAsync<HttpRequestException>(Over(wire).Send(Code, CancellationToken.None));
        wire.Sent.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Who_stops_waits_for_no_further_try()
    {
        using var stopping = new CancellationTokenSource();
        using var wire = new Wire(new TaskCanceledException());
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Over(wire).Send(Code, stopping.Token));
        wire.Sent.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, 1)]
    [InlineData(HttpStatusCode.Unauthorized, 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 3)]
    public async Task A_mail_that_is_not_taken_is_a_failure_that_names_nobody(HttpStatusCode status, int tries)
    {
        using var wire = new Wire(status);
        (await Should.ThrowAsync<HttpRequestException>(Over(wire).Send(Code, CancellationToken.None))).Message.ShouldNotContain("ada");
        wire.Sent.Count.ShouldBe(tries);
    }
}
