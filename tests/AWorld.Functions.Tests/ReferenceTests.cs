using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;

namespace AWorld.Functions.Tests;

/// <summary>Holds the reference declarations to the packages' public signatures, where lists of those are at hand.</summary>
public sealed partial class ReferenceTests
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Every_declaration_is_one_of_the_packages()
    {
        var published = Published();
        var wrong = new List<string>();
        foreach (var type in ReferenceTypes())
        {
            var name = Signatures.Name(type);
            if (!published.TryGetValue(name, out var listed))
            {
                wrong.Add($"{name} is in no package");
                continue;
            }
            if (!Signatures.HeaderFits(type, listed.Header))
            {
                wrong.Add($"{Signatures.Header(type)} is not {listed.Header}");
            }
            wrong.AddRange(Signatures.Members(type).Where(member => !listed.Members.Contains(member)).Select(member => $"{name}: {member}"));
        }
        wrong.ShouldBeEmpty();
    }

    /// <summary>A test double that leaves one out would compile here and not with the packages.</summary>
    [Fact]
    public void What_must_be_implemented_is_declared_whole()
    {
        var published = Published();
        (from type in ReferenceTypes()
         where type.IsAbstract && !type.IsSealed && !type.Namespace!.StartsWith("StackExchange", StringComparison.Ordinal)
         let members = Signatures.Members(type).ToHashSet(StringComparer.Ordinal)
         from member in published[Signatures.Name(type)].Members
         where (type.IsInterface || member.Contains(" abstract ", StringComparison.Ordinal)) && !members.Contains(member)
         select $"{Signatures.Name(type)} lacks {member}").ShouldBeEmpty();
    }

    static Type[] ReferenceTypes()
    {
        var assembly = typeof(FunctionContext).Assembly;
        Assert.SkipUnless(assembly.GetName().Name == "AWorld.Functions.Reference", "this build has the real packages");
        return assembly.GetExportedTypes();
    }

    /// <summary>By type name: the line that declares it, and the lines of its members.</summary>
    static Dictionary<string, (string Header, HashSet<string> Members)> Published()
    {
        var folder = Environment.GetEnvironmentVariable("AWORLD_FIXTURES");
        Assert.SkipWhen(folder is null || !Directory.Exists(Path.Combine(folder, "azure-api")), "AWORLD_FIXTURES does not name a folder with azure-api");
        var types = new Dictionary<string, (string Header, HashSet<string> Members)>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder!, "azure-api"), "*.txt").Where(file => !Path.GetFileName(file).StartsWith("Pulumi", StringComparison.Ordinal)))
        {
            HashSet<string>? members = null;
            foreach (var line in File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#'))
            {
                var text = Signatures.Comparable(line.TrimStart());
                if (line[0] != ' ')
                {
                    var name = TypeName().Match(text).Groups[1].Value;
                    members = types.TryGetValue(name, out var known) ? known.Members : [];
                    types[name] = (text, members);
                }
                else if (text.Contains('=', StringComparison.Ordinal) && !text.Contains('(', StringComparison.Ordinal) && !text.StartsWith("public", StringComparison.Ordinal))
                {
                    members!.UnionWith(text.Split(", "));
                }
                else
                {
                    members!.Add(text);
                }
            }
        }
        return types;
    }

    [GeneratedRegex(@"(?:class|struct|record|interface|enum|delegate) ([\w.]+(?:<[\w, ]+>)?)")]
    private static partial Regex TypeName();

    /// <summary>Declarations in the form of the lists.</summary>
    static partial class Signatures
    {
        static readonly NullabilityInfoContext Nullability = new();

        static readonly Dictionary<Type, string> Keywords = new()
        {
            [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(int)] = "int", [typeof(long)] = "long", [typeof(double)] = "double",
            [typeof(string)] = "string", [typeof(object)] = "object", [typeof(uint)] = "uint", [typeof(ulong)] = "ulong", [typeof(float)] = "float",
        };

        /// <summary>Without attributes and constraints, and without what the lists guess about the nullability of type parameters.</summary>
        public static string Comparable(string line)
        {
            while (line.StartsWith('['))
            {
                var depth = 0;
                var end = 0;
                do
                {
                    depth += line[end] switch { '[' => 1, ']' => -1, _ => 0 };
                    end++;
                }
                while (depth > 0);
                line = line[end..].TrimStart();
            }
            var constraint = line.IndexOf(" where ", StringComparison.Ordinal);
            return TypeParameter().Replace(constraint < 0 ? line : line[..constraint], "$1");
        }

        [GeneratedRegex(@"(?<![.\w])(T[A-Z]?[a-z]*)\?")]
        private static partial Regex TypeParameter();

        public static string Name(Type type)
        {
            var name = (type.DeclaringType is { } outer ? $"{Name(outer)}." : $"{type.Namespace}.") + type.Name.Split('`')[0];
            return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(argument => argument.IsGenericParameter ? argument.Name : Text(argument, null)))}>" : name;
        }

        public static string Header(Type type)
        {
            var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : type.GetMethod("<Clone>$") is not null ? "record" : "class";
            var modifier = kind is not ("class" or "record") ? "" : type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
            return $"public {modifier}{kind} {Name(type)}";
        }

        public static bool HeaderFits(Type type, string listed)
        {
            var parts = listed.Split(" : ", 2);
            var bases = parts.Length == 2 ? parts[1] : "";
            var isPlain = type.BaseType is null || type.BaseType == typeof(object) || type.BaseType == typeof(Attribute) || type.IsValueType || typeof(Delegate).IsAssignableFrom(type);
            return parts[0] == Header(type)
                && (isPlain || Comparable(bases).StartsWith(Text(type.BaseType!, null), StringComparison.Ordinal))
                && (type.IsEnum || type.IsValueType || type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).All(one => bases.Contains(Name(one), StringComparison.Ordinal) || Implied(type, one)));
        }

        /// <summary>Comes with another interface that the type lists.</summary>
        static bool Implied(Type type, Type one) => type.GetInterfaces().Any(other => other != one && one.IsAssignableFrom(other));

        public static IEnumerable<string> Members(Type type)
        {
            if (type.IsEnum)
            {
                return Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => $"{Enum.GetName(type, value)}={value}");
            }
            if (typeof(Delegate).IsAssignableFrom(type))
            {
                var invoke = type.GetMethod("Invoke")!;
                return [Comparable($"{Return(invoke)} Invoke({Parameters(invoke)})")];
            }
            return type.GetConstructors(Declared).Where(IsVisible).Where(made => !made.IsStatic && !type.IsValueType || made.GetParameters().Length > 0).Select(made => $"{Access(made)} .ctor({Parameters(made)})")
                .Concat(type.GetFields(Declared).Where(field => field.IsPublic).Select(Field))
                .Concat(type.GetEvents(Declared).Where(happening => IsVisible(happening.AddMethod!)).Select(happening => $"public event {Text(happening.EventHandlerType!, null)} {happening.Name}"))
                .Concat(type.GetProperties(Declared).Where(property => property.GetMethod is { } get && IsVisible(get)).Select(Property))
                .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && !method.Name.Contains('<', StringComparison.Ordinal) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))).Select(Method))
                .Select(Comparable);
        }

        static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

        static string Access(MethodBase method) => method.IsPublic ? "public" : method.IsFamilyOrAssembly ? "protected internal" : "protected";

        static string Field(FieldInfo field) => field.IsLiteral
            ? $"public const {Text(field.FieldType, null)} {field.Name} = {field.GetRawConstantValue()}"
            : $"public {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Text(field.FieldType, Nullability.Create(field))} {field.Name}";

        static string Property(PropertyInfo property)
        {
            var get = property.GetMethod!;
            var set = property.SetMethod is { } setter && IsVisible(setter)
                ? (Access(setter) == Access(get) ? "" : $"{Access(setter)} ") + (setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ")
                : "";
            return $"{Access(get)} {Modifiers(get)}{Text(property.PropertyType, Nullability.Create(property))} {property.Name} {{ get; {set}}}";
        }

        static string Method(MethodInfo method)
        {
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
            var extended = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
            return $"{Access(method)} {Modifiers(method)}{Return(method)} {method.Name}{generic}({extended}{Parameters(method)})";
        }

        static string Return(MethodInfo method) => Text(method.ReturnType, Nullability.Create(method.ReturnParameter));

        static string Modifiers(MethodInfo method) =>
            method.DeclaringType!.IsInterface ? ""
            : method.IsStatic ? "static "
            : method.IsAbstract ? "abstract "
            : method.GetBaseDefinition() != method ? (method.IsFinal ? "sealed override " : "override ")
            : method.IsVirtual && !method.IsFinal ? "virtual " : "";

        static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        {
            var type = parameter.ParameterType;
            var prefix = parameter.IsOut ? "out " : type.IsByRef ? "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
            return $"{prefix}{Text(type.IsByRef ? type.GetElementType()! : type, Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Default(parameter)}" : "")}";
        }));

        static string Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
        {
            null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
            Missing => "default",
            var value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
        };

        static string Text(Type type, NullabilityInfo? nullability)
        {
            var mark = !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable ? "?" : "";
            if (Keywords.TryGetValue(type, out var keyword))
            {
                return keyword + mark;
            }
            if (Nullable.GetUnderlyingType(type) is { } underlying)
            {
                return Text(underlying, null) + "?";
            }
            if (type.IsArray)
            {
                return $"{Text(type.GetElementType()!, nullability?.ElementType)}[]{mark}";
            }
            if (type.IsGenericParameter)
            {
                return type.Name + mark;
            }
            if (!type.IsGenericType)
            {
                return (type.DeclaringType is { } outer ? $"{Text(outer, null)}." : $"{type.Namespace}.") + type.Name + mark;
            }
            var arguments = type.GetGenericArguments().Select((argument, n) => Text(argument, nullability is { } info && info.GenericTypeArguments.Length > n ? info.GenericTypeArguments[n] : null));
            return $"{type.Namespace}.{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>{mark}";
        }
    }
}
