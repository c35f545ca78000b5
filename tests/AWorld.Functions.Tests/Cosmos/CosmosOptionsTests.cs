using System.ComponentModel.DataAnnotations;
using AWorld.Functions.Cosmos;

namespace AWorld.Functions.Tests.Cosmos;

public sealed class CosmosOptionsTests
{
    static string[] Problems(CosmosOptions options)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(options, new(options), problems, validateAllProperties: true);
        return [.. problems.SelectMany(problem => problem.MemberNames)];
    }

    [Fact]
    public void A_key_is_for_an_emulator_on_this_machine_only()
    {
        Problems(new() { Endpoint = new("https://localhost:8081/"), Key = "key" }).ShouldBeEmpty();
        Problems(new() { Endpoint = new("https://aworld.documents.azure.com/") }).ShouldBeEmpty();
        Problems(new() { Endpoint = new("https://aworld.documents.azure.com/"), Key = "key" }).ShouldBe(["Key"]);
    }

    [Fact]
    public void A_home_region_must_be_one_of_the_regions() =>
        Problems(new() { Endpoint = new("https://localhost:8081/"), Regions = ["West Europe"], HomeRegions = ["account001=Mars"] }).ShouldBe(["HomeRegions"]);

    [Fact]
    public void An_account_has_one_home() =>
        Problems(new() { Endpoint = new("https://localhost:8081/"), Regions = ["West Europe", "North Europe"], HomeRegions = ["account001=West Europe", "account002=North Europe", "account001=North Europe"] }).ShouldBe(["HomeRegions"]);

    [Fact]
    public void An_endpoint_is_needed() => Problems(new()).ShouldBe(["Endpoint"]);
}
