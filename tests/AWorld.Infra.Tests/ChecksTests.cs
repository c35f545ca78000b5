using System.Text.Json;
using AWorld.Infra.Topologies;
using Environment = AWorld.Infra.Topologies.Environment;

namespace AWorld.Infra.Tests;

public sealed class ChecksTests
{
    [Fact]
    public void Environments_that_are_right_have_no_problems() => Environments.All.SelectMany(static one => Checks.Problems(one, "prod")).ShouldBeEmpty();

    [Fact]
    public void The_environments_of_the_repository_are_right()
    {
        var folder = Path.Combine(Repository.Root, "infra", "AWorld.Infra", "environments");
        var stacks = Directory.EnumerateFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).ToList();
        stacks.ShouldContain("prod");
        stacks.SelectMany(stack => Plan.Read(stack, folder).Problems).ShouldBeEmpty();
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var wrong = new Environment
        {
            Project = "A World",
            Size = null,
            Zones = ["aworld.example", "not a zone"],
            Regions = [new("atlantis", "eu"), new("westeurope", "eu"), new("westeurope", "eu"), new("eastus2", "nowhere")],
            Cells = [new("eu", "api.aworld.example", ["contoso"]), new("us", "api.elsewhere.example", ["contoso"])],
            Alerts = new() { Emails = ["nobody"], Webhooks = [new Uri("http://hook.example")] },
            MonthlyBudget = 1,
        };
        var problems = Checks.Problems(wrong, "Prod!");
        string[] said =
        [
            "project: 'A World'", "stack: 'Prod!'", "size: say", "monthlyBudget: 1", "mail: say", "owner: say", "alerts.emails: 'nobody'", "alerts.webhooks: 'http://hook.example/'", "zones: 'not a zone'",
            "regions: 'atlantis' is none", "regions: westeurope is there 2 times", "regions: eastus2 is in the cell 'nowhere'",
            "cells: us has no regions", "cells: us's domain api.elsewhere.example lies in none", "cells: the account contoso is bound to eu and us",
        ];
        foreach (var part in said)
        {
            problems.Where(problem => problem.StartsWith(part, StringComparison.Ordinal)).ShouldHaveSingleItem(part);
        }
        problems.Count.ShouldBe(said.Length);
    }

    [Fact]
    public void A_project_whose_names_Azure_would_refuse_is_refused_with_each_of_them()
    {
        var problems = Checks.Problems(Environments.Two with { Project = "gamificationplatform" }, "production");
        problems.ShouldContain(static problem => problem.Contains("Storage 'gamificationplatformproductionweust'"));
        problems.ShouldContain(static problem => problem.Contains("Vault 'gamificationplatform-production-main-kv'"));
    }

    [Fact]
    public void A_cell_keeps_to_its_geography_and_to_a_region_that_works()
    {
        var environment = Environments.Of(("eu", ["westeurope", "uksouth"]));
        Checks.Problems(environment with { Cells = [environment.Cells[0] with { Residency = "Europe" }] }, "prod").ShouldHaveSingleItem().ShouldContain("uksouth lies in United Kingdom");
        Checks.Problems(environment with { Regions = [.. environment.Regions.Select(static region => region with { Draining = true })] }, "prod").ShouldHaveSingleItem().ShouldContain("all regions of eu are draining");
    }

    /// <summary>As an operator meets them: in one file, with everything else that is wrong in it.</summary>
    [Fact]
    public void A_size_that_is_none_and_names_that_are_too_long_hide_nothing_else()
    {
        foreach (var size in (string[])["\"gigantic\"", "7", "{}"])
        {
            var environment = Environment.Parse($$"""{ "project": "gamificationplatform", "size": {{size}}, "hosting": "cloud", "zones": ["aworld.example"], "regions": [{ "name": "atlantis", "cell": "eu" }, { "name": "westeurope", "cell": "eu" }], "cells": [{ "name": "eu", "domain": "api.aworld.example" }], "monthlyBudget": 500 }""");
            var problems = Checks.Problems(environment, "prod");
            foreach (var part in (string[])["size: say small", "hosting: say flex", "mail: say", "owner: say", "alerts.emails: name", "regions: 'atlantis'", "project: makes the Storage 'gamificationplatformprodweust' of 29 characters", "project: makes the Vault"])
            {
                problems.Where(problem => problem.StartsWith(part, StringComparison.Ordinal)).ShouldHaveSingleItem(part);
            }
        }
    }

    [Theory]
    [InlineData("""{ "project": "aworld", "password": "x" }""", "password")]
    [InlineData("""{ "regions": "westeurope" }""", "$.regions")]
    [InlineData("{", "LineNumber")]
    public void A_file_that_is_no_environment_is_refused_with_the_place(string text, string place) =>
        Should.Throw<JsonException>(() => Environment.Parse(text)).Message.ShouldContain(place);
}
