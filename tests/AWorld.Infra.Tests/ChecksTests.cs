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
            Location = "nirvana",
            Zones = ["aworld.example", "aworld.example", "not a zone"],
            Regions = [new("atlantis", "eu"), new("westeurope", "eu"), new("westeurope", "eu"), new("eastus2", "nowhere")],
            Cells = [new("eu", "eastus2", "api.aworld.example", ["contoso"], "Europe", Environments.Mail("eu", "europe"), ["http://app.example.com"]), new("us", "", "api.elsewhere.example", ["Contoso"])],
            Alerts = new() { Emails = ["nobody"], Webhooks = [new Uri("http://hook.example")] },
            MonthlyBudget = 1,
        };
        var problems = Checks.Problems(wrong, "Prod!");
        string[] said =
        [
            "project: 'A World'", "stack: 'Prod!'", "size: say", "monthlyBudget: 1", "owner: say", "alerts.emails: 'nobody'", "alerts.webhooks: 'http://hook.example/'", "zones: 'not a zone'", "zones: aworld.example is there twice",
            "regions: 'atlantis' is none", "regions: westeurope is there 2 times", "regions: eastus2 is in the cell 'nowhere'",
            "location: 'nirvana' is not a region", "cells: eu resides in Europe, but its location eastus2 lies in United States", "cells: eu's origin 'http://app.example.com'", "cells: us's location '' is not a region", "cells: us has no regions", "cells: us's domain api.elsewhere.example lies in none", "cells: the account contoso is bound to eu and us (as Contoso)", "cells: us's mail: say",
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

    [Fact]
    public void Each_part_of_a_cell_s_mail_and_domain_is_said_once_by_its_name()
    {
        var two = Environments.TwoCells;
        var problems = Checks.Problems(two with
        {
            Cells = [two.Cells[0] with { Domain = "No Domain", Mail = new("/subscriptions/1", new("http://mail.example"), "nobody") }, two.Cells[1] with { Domain = "aworld.example" }],
            Alerts = new() { Emails = ["a@aworld.example", "a@aworld.example"], Webhooks = [new("https://hook.example"), new("https://hook.example")] },
        }, "prod");
        string[] said = ["cells: eu's domain 'No Domain' is not", "cells: eu's mail.resource '/subscriptions/1'", "cells: eu's mail.endpoint 'http://mail.example/'", "cells: eu's mail.from 'nobody'", "cells: us's domain aworld.example lies in none", "alerts.emails: a@aworld.example is there twice", "alerts.webhooks: https://hook.example is there twice"];
        foreach (var part in said)
        {
            problems.Where(problem => problem.StartsWith(part, StringComparison.Ordinal)).ShouldHaveSingleItem(part);
        }
        problems.Count.ShouldBe(said.Length, string.Join("\n", problems));
    }

    /// <summary>Redis replicates to no more, and would refuse the sixth when all else is made.</summary>
    [Fact]
    public void A_cell_has_at_most_five_regions()
    {
        var five = Environments.Five;
        Checks.Problems(five with { Regions = [.. five.Regions, new("japaneast", "main")] }, "prod").ShouldHaveSingleItem().ShouldBe("cells: main has 6 regions, and Redis replicates to 5");
    }

    /// <summary>Else removing or moving a line would move the accounts that no cell names to another cell.</summary>
    [Fact]
    public void The_first_region_is_of_the_cell_that_keeps_all_other_accounts()
    {
        var two = Environments.TwoCells;
        Checks.Problems(two with { Regions = [.. two.Regions.Reverse()] }, "prod").ShouldHaveSingleItem().ShouldStartWith("regions: the first, centralus, is not of the first cell, eu");
    }

    /// <summary>As an operator meets them: in one file, with everything else that is wrong in it.</summary>
    [Fact]
    public void A_size_that_is_none_and_names_that_are_too_long_hide_nothing_else()
    {
        foreach (var size in (string[])["\"gigantic\"", "7", "{}"])
        {
            var file = EnvironmentFile.Parse($$"""{ "project": "gamificationplatform", "size": {{size}}, "hosting": "cloud", "zones": ["aworld.example"], "regions": [{ "name": "atlantis", "cell": "eu" }, { "name": "westeurope", "cell": "eu" }], "cells": [{ "name": "eu", "domain": "api.aworld.example" }], "monthlyBudget": 500 }""");
            file.Problems.ShouldBeEmpty();
            var problems = Checks.Problems(file.Environment, "prod", file.Unread);
            foreach (var part in (string[])["size: say small", "hosting: say flex", "cells: eu's mail: say", "owner: say", "alerts.emails: name", "regions: 'atlantis'", "project: makes the Storage 'gamificationplatformprodweust' of 29 characters", "project: makes the Vault 'gamificationplatform-prod-eu-kv'", "project: makes the Vault 'gamificationplatform-prod-weu-kv'"])
            {
                problems.Where(problem => problem.StartsWith(part, StringComparison.Ordinal)).ShouldHaveSingleItem(part);
            }
        }
    }

    /// <summary>It would be refused by Azure, or worse: be another account's.</summary>
    [Fact]
    public void A_line_that_ends_with_a_new_line_is_not_what_it_is_without()
    {
        var right = Environments.One;
        var cell = right.Cells[0];
        (Environment Wrong, string Said)[] all =
        [
            (right with { Project = "aworld\n" }, "project: 'aworld\n'"),
            (right with { Owner = "owner@aworld.example\n" }, "owner: say"),
            (right with { Zones = ["aworld.example\n"] }, "zones: 'aworld.example\n'"),
            (right with { Alerts = new() { Emails = ["operations@aworld.example\n"] } }, "alerts.emails: 'operations@aworld.example\n'"),
            (right with { Cells = [cell with { Name = "main\n" }] }, "cells: 'main\n'"),
            (right with { Cells = [cell with { Domain = "api0.aworld.example\n" }] }, "cells: main's domain"),
            (right with { Cells = [cell with { Accounts = ["contoso\n"] }] }, "cells: 'contoso\n' is not an account id"),
            (right with { Cells = [cell with { Origins = ["https://app.example.com\n"] }] }, "cells: main's origin"),
            (right with { Cells = [cell with { Mail = cell.Mail! with { From = "no-reply@aworld.example\n" } }] }, "cells: main's mail.from"),
            (right with { Cells = [cell with { Mail = cell.Mail! with { Resource = $"{cell.Mail!.Resource}\n" } }] }, "cells: main's mail.resource"),
        ];
        foreach (var (wrong, said) in all)
        {
            Checks.Problems(wrong, "prod").ShouldContain(problem => problem.StartsWith(said, StringComparison.Ordinal), said);
        }
        Checks.Problems(right, "prod\n").ShouldHaveSingleItem().ShouldStartWith("stack: ");
    }

    /// <summary>Resource groups and parts of the program are named after cells and regions alike.</summary>
    [Theory]
    [InlineData("weu")]
    [InlineData("eastus")]
    [InlineData("global")]
    public void A_cell_is_not_named_as_something_else_is(string name) =>
        Checks.Problems(Environments.Of((name, ["westeurope"])), "prod").ShouldHaveSingleItem().ShouldStartWith($"cells: '{name}' must be no region's name");

    [Theory]
    [InlineData("Europe", "unitedstates", "cells: eu resides in Europe, but its mail is kept in unitedstates")]
    [InlineData("Europe", "germany", null)]
    [InlineData(null, "unitedstates", null)]
    [InlineData("Atlantis", "europe", "cells: eu's residency 'Atlantis' is none of Europe, ")]
    public void Mail_of_a_cell_s_users_is_kept_where_they_reside(string? residency, string location, string? said)
    {
        var environment = Environments.Of(("eu", ["westeurope"]));
        var problems = Checks.Problems(environment with { Cells = [environment.Cells[0] with { Residency = residency, Mail = Environments.Mail("eu", location) }] }, "prod");
        if (said is null)
        {
            problems.ShouldBeEmpty();
        }
        else
        {
            problems.ShouldHaveSingleItem().ShouldStartWith(said);
        }
    }
}
