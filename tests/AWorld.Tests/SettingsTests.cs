using System.ComponentModel.DataAnnotations;
using System.Reflection;
using AWorld.Embedded;
using AWorld.Functions;
using AWorld.Platform;
using Microsoft.Extensions.Configuration;

namespace AWorld.Tests;

/// <summary>Holds local.settings.sample.json complete: every option of the product and its hosts, with a value that works.</summary>
public sealed class SettingsTests
{
    static readonly IReadOnlyDictionary<string, string?> Sample =
        LocalSettings.Read(Path.Combine(Repository.Root, "local.settings.sample.json")).ToDictionary(value => value.Key, value => value.Value);

    static IEnumerable<Type> OptionTypes => new[] { typeof(Product).Assembly, typeof(EmbeddedHost).Assembly, typeof(AzureHost).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type is { IsClass: true, Namespace: not null });

    [Fact]
    public void Every_option_is_in_the_sample_and_nothing_else_is()
    {
        var expected = OptionTypes.SelectMany(type => Bound(type).Select(property => Key(type, property))).Order(StringComparer.Ordinal).ToList();
        var listed = Sample.Keys.Where(key => key.StartsWith("AWorld:", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        expected.Except(listed).ShouldBeEmpty("add these to Values of local.settings.sample.json");
        listed.Except(expected).ShouldBeEmpty("no option of these names exists");
    }

    [Fact]
    public void The_sample_is_valid()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Sample).Build();
        foreach (var type in OptionTypes)
        {
            var options = Activator.CreateInstance(type)!;
            configuration.GetSection(Section(type)).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            var problems = new List<ValidationResult>();
            Validator.TryValidateObject(options, new(options), problems, validateAllProperties: true).ShouldBeTrue($"{type.Name}: {string.Join("; ", problems)}");
        }
    }

    static IEnumerable<PropertyInfo> Bound(Type type) => type.GetProperties().Where(property => property.SetMethod is { IsPublic: true });

    static string Key(Type type, PropertyInfo property) => $"{Section(type)}:{property.Name}{(property.PropertyType.IsArray ? ":0" : "")}";

    static string Section(Type type) =>
        type.GetField("Section")?.GetRawConstantValue() as string ?? $"AWorld:{type.Name[..^"Options".Length]}";
}
