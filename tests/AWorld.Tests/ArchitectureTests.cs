using System.Reflection;
using System.Text.RegularExpressions;
using AWorld.Embedded;
using AWorld.Functions;
using AWorld.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace AWorld.Tests;

/// <summary>The rules that hold the shape of the product.</summary>
public sealed partial class ArchitectureTests
{
    static readonly Assembly ProductAssembly = typeof(Product).Assembly;

    [Fact]
    public void The_product_knows_neither_SQLite_nor_Azure()
    {
        var references = ProductAssembly.GetReferencedAssemblies().Select(reference => reference.Name!).ToList();
        references.Where(name => name.Contains("Sqlite", StringComparison.OrdinalIgnoreCase) || name.StartsWith("SQLitePCL", StringComparison.Ordinal)
            || name.StartsWith("Azure", StringComparison.Ordinal) || name.StartsWith("Microsoft.Azure", StringComparison.Ordinal)
            || name.StartsWith("OpenTelemetry", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_endpoint_declares_its_operation_and_what_it_requires()
    {
        await using var platform = await TestPlatform.Start();
        var endpoints = platform.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        endpoints.ShouldNotBeEmpty();
        endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Operation>() is null || endpoint.Metadata.GetMetadata<Requirement>() is null)
            .Select(endpoint => endpoint.DisplayName).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_operation_id_names_one_endpoint_of_its_API()
    {
        await using var platform = await TestPlatform.Start();
        platform.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .GroupBy(endpoint => $"{endpoint.RoutePattern.RawText!.TrimStart('/').Split('/')[0]} {endpoint.Metadata.GetMetadata<Operation>()?.Id}")
            .Where(same => same.Count() > 1).Select(same => same.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Types_are_named_for_what_they_are()
    {
        string[] empty = ["Manager", "Helper", "Helpers", "Util", "Utils", "Service", "Repository"];
        Types().Where(type => empty.Any(suffix => type.Name.Split('`')[0].EndsWith(suffix, StringComparison.Ordinal)))
            .Select(type => type.FullName).ShouldBeEmpty();
    }

    /// <summary>Only a module's own files name the ids of its documents: whoever else knew them could read its store.</summary>
    [Fact]
    public void Modules_do_not_read_each_others_documents()
    {
        var product = Path.Combine(Repository.Root, "functions", "AWorld");
        var files = Directory.EnumerateFiles(product, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Module: Path.GetRelativePath(product, file).Split(Path.DirectorySeparatorChar)[0], File: file))
            .Where(source => source.Module is not ("bin" or "obj")).ToList();
        var owners = files.SelectMany(source => DocumentId().Matches(File.ReadAllText(source.File)).Select(id => (Id: id.Groups[1].Value, source.Module))).ToLookup(one => one.Id, one => one.Module);
        owners.Where(id => id.Distinct().Count() > 1).Select(id => $"\"{id.Key}\" is used by {string.Join(" and ", id.Distinct())}").ShouldBeEmpty();
    }

    /// <summary>A workspace's time may be a test clock's, so only what belongs to no workspace asks the real one; others say <c>clocks.Real</c> where they mean it.</summary>
    [Fact]
    public void Modules_that_work_for_a_workspace_go_by_its_clock()
    {
        string[] ofThePlatform = ["AWorld.Platform", "AWorld.Identity", "AWorld.Tenancy", "AWorld.Audit"];
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        ProductAssembly.GetTypes()
            .Where(type => type.Namespace is { } module && !ofThePlatform.Contains(module))
            .Where(type => type.GetConstructors(all).Cast<MethodBase>().Concat(type.GetMethods(all)).Any(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(TimeProvider))))
            .Select(type => type.FullName).ShouldBeEmpty("take WorkspaceClocks");
    }

    /// <summary>A port of the platform has a host's implementation or a test double; an observer is for any number of modules; any other interface with one implementation is a detour.</summary>
    [Fact]
    public void Only_ports_are_interfaces_with_a_single_implementation()
    {
        var types = Types().ToList();
        types.Where(type => type.IsInterface && !type.Namespace!.StartsWith("AWorld.Platform", StringComparison.Ordinal) && !type.Name.EndsWith("Observer", StringComparison.Ordinal))
            .Where(port => types.Count(type => !type.IsInterface && port.IsAssignableFrom(type)) == 1)
            .Where(port => !HasTestDouble(port))
            .Select(type => type.FullName).ShouldBeEmpty();
    }

    static bool HasTestDouble(Type port) => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .Any(file => Regex.IsMatch(File.ReadAllText(file), $@"\bclass [^\n]*:[^\n]*\b{port.Name}\b"));

    static IEnumerable<Type> Types() => new[] { ProductAssembly, typeof(EmbeddedHost).Assembly, typeof(AzureHost).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Namespace?.StartsWith("AWorld", StringComparison.Ordinal) == true && !type.Name.Contains('<', StringComparison.Ordinal));

    /// <summary>A document id or its prefix at the place where it is made, as in <c>$"client:{clientId}"</c>.</summary>
    [GeneratedRegex("""\$"([a-z-]+):\{""")]
    private static partial Regex DocumentId();
}
