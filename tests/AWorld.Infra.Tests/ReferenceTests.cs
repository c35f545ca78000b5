using System.Reflection;
using System.Text.RegularExpressions;

namespace AWorld.Infra.Tests;

/// <summary>The reference declares of Pulumi's packages what the program uses: no more, and nothing otherwise than they do.</summary>
public sealed partial class ReferenceTests
{
    static readonly Assembly reference = typeof(Pulumi.Deployment).Assembly;

    /// <summary>Not in the lists of signatures: named after the provider's schema as all else is, and compared with the typings of @pulumi/azure-native 3.12.0.</summary>
    static readonly string[] fromTypings = ["Pulumi.AzureNative.TrafficManager", "Pulumi.AzureNative.WebPubSub", "Pulumi.AzureNative.Consumption"];

    static IEnumerable<Type> Types => reference.GetExportedTypes().Where(static type => type.Namespace!.StartsWith("Pulumi", StringComparison.Ordinal));

    [Fact]
    public void Everything_declared_is_in_the_packages_as_it_is_declared()
    {
        SkipWithRealPackages();
        var published = Published();
        var wrong = new List<string>();
        foreach (var type in Types.Where(static type => !fromTypings.Any(type.Namespace!.StartsWith)))
        {
            if (!published.TryGetValue(Signatures.Name(type), out var lines))
            {
                wrong.Add($"{type} does not exist");
                continue;
            }
            if (type.BaseType is { } parent && parent.Namespace!.StartsWith("Pulumi", StringComparison.Ordinal) && !lines[0].Contains($" : {Signatures.Name(parent)}", StringComparison.Ordinal))
            {
                wrong.Add($"{type} does not derive from {parent}");
            }
            var members = lines.Skip(1).Select(Bare).ToHashSet(StringComparer.Ordinal);
            if (type.IsEnum)
            {
                members = [.. members.SelectMany(static line => line.Split(", ")).Select(static value => value.Split('=')[0])];
            }
            wrong.AddRange(Signatures.Of(type).Where(member => !members.Contains(Bare(member))).Select(member => $"{type}: {member}"));
        }
        wrong.ShouldBeEmpty();
    }

    /// <summary>A property that may be null here and not there would warn in one build and not in the other.</summary>
    [Fact]
    public void Properties_may_be_null_where_they_may_in_the_packages()
    {
        SkipWithRealPackages();
        var published = Published();
        (from type in Types
         where type.Namespace!.StartsWith("Pulumi.AzureNative.", StringComparison.Ordinal) && published.ContainsKey(Signatures.Name(type))
         from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
         where !published[Signatures.Name(type)].Any(line => line.Contains($"public {Signatures.Nullable(property)} {property.Name} {{", StringComparison.Ordinal))
         select $"{type.Name}.{property.Name} is {Signatures.Nullable(property)}").ShouldBeEmpty();
    }

    [Fact]
    public void Of_the_provider_nothing_is_declared_that_the_program_does_not_use()
    {
        SkipWithRealPackages();
        var used = UsedMembers.Of(typeof(Plan).Assembly.Location, "AWorld.Infra.Reference");
        var ofProvider = Types.Where(static type => type.Namespace!.StartsWith("Pulumi.AzureNative.", StringComparison.Ordinal)).ToList();
        ofProvider.Where(type => !used.Contains(type.FullName!)).Select(static type => type.FullName).ShouldBeEmpty();
        ofProvider.Where(static type => !type.IsEnum).SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(static property => $"{property.DeclaringType!.FullName}::{property.Name}").Where(member => !used.Contains(member)).ShouldBeEmpty();
    }

    [Fact]
    public void Names_on_the_wire_and_values_are_those_of_the_provider_s_typings()
    {
        SkipWithRealPackages();
        if (System.Environment.GetEnvironmentVariable("AWORLD_PULUMI_TYPINGS") is not { Length: > 0 } typings || !File.Exists(Path.Combine(typings, "types", "input.d.ts")))
        {
            Assert.Skip("AWORLD_PULUMI_TYPINGS names no folder with the package @pulumi/azure-native (10 MB; npm pack @pulumi/azure-native@3.12.0)");
            return;
        }
        var inputs = NamespaceOf().Matches(File.ReadAllText(Path.Combine(typings, "types", "input.d.ts"))).ToDictionary(static one => one.Groups["name"].Value, static one => one.Groups["body"].Value);
        var wrong = new List<string>();
        foreach (var type in Types.Where(static type => type.Namespace!.StartsWith("Pulumi.AzureNative.", StringComparison.Ordinal)))
        {
            var module = type.Namespace!.Split('.')[2].ToLowerInvariant();
            if (type.IsDefined(typeof(Pulumi.EnumTypeAttribute)))
            {
                var values = File.ReadAllText(Path.Combine(typings, "types", "enums", module, "index.d.ts"));
                var body = Regex.Match(values, $@"const {type.Name}: \{{(.*?)\n\}};", RegexOptions.Singleline).Groups[1].Value;
                wrong.AddRange(type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(value => !body.Contains($"readonly {value.Name}: \"{value.GetValue(null)}\"", StringComparison.Ordinal)).Select(value => $"{type}.{value.Name}"));
            }
            else if (typeof(Pulumi.ResourceArgs).IsAssignableFrom(type))
            {
                var file = type.Namespace.EndsWith(".Inputs", StringComparison.Ordinal) ? inputs[module] : File.ReadAllText(Directory.EnumerateFiles(Path.Combine(typings, module)).Single(one => Path.GetFileName(one).Equals($"{type.Name[..^4]}.d.ts", StringComparison.OrdinalIgnoreCase)));
                var body = Regex.Match(file, $@"interface {type.Name} \{{(.*?)\n(?:    )?\}}(?:\n|$)", RegexOptions.Singleline).Groups[1].Value;
                wrong.AddRange(Wire(type).Where(name => !Regex.IsMatch(body, $@"^\s+{name}\??:", RegexOptions.Multiline)).Select(name => $"{type}: {name}"));
            }
        }
        wrong.ShouldBeEmpty();
    }

    static IEnumerable<string> Wire(Type type) => type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .SelectMany(static member => member.CustomAttributes.Where(static one => one.AttributeType.Name == "InputAttribute").Select(static one => (string)one.ConstructorArguments[0].Value!));

    static void SkipWithRealPackages()
    {
        if (reference.GetName().Name != "AWorld.Infra.Reference")
        {
            Assert.Skip("built with Pulumi's own packages");
        }
    }

    /// <summary>The published lists: types by name, each with its header and its members.</summary>
    static Dictionary<string, string[]> Published()
    {
        if (System.Environment.GetEnvironmentVariable("AWORLD_FIXTURES") is not { Length: > 0 } fixtures || !File.Exists(Path.Combine(fixtures, "azure-api", "Pulumi.AzureNative.txt")))
        {
            Assert.Skip("AWORLD_FIXTURES names no folder with azure-api/Pulumi.txt and Pulumi.AzureNative.txt");
            return [];
        }
        return new[] { "Pulumi.txt", "Pulumi.AzureNative.txt" }.SelectMany(file => File.ReadAllText(Path.Combine(fixtures, "azure-api", file)).Split("\n\n"))
            .Select(static block => block.Trim('\n').Split('\n')).Where(static block => TypeOf().IsMatch(block[0]))
            .ToDictionary(static block => TypeOf().Match(block[0]).Groups["name"].Value, StringComparer.Ordinal);
    }

    static string Bare(string line) => AttributesOf().Replace(line.Trim().Replace("?", "", StringComparison.Ordinal), "(");

    [GeneratedRegex(@"(?:class|struct|interface|enum|delegate) (?<name>[^\s:<]+(?:<[^>]+>)?)(?: :|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeOf();

    [GeneratedRegex(@"\((\[[^\]]+\] )+", RegexOptions.ExplicitCapture)]
    private static partial Regex AttributesOf();

    [GeneratedRegex(@"export declare namespace (?<name>\w+) \{(?<body>.*?)\n\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex NamespaceOf();
}
