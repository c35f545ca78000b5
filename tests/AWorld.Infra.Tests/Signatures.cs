using System.Globalization;
using System.Reflection;

namespace AWorld.Infra.Tests;

/// <summary>Public members as the published lists of signatures write them.</summary>
static class Signatures
{
    static readonly NullabilityInfoContext nullability = new();

    static readonly Dictionary<Type, string> keywords = new()
    {
        [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(int)] = "int", [typeof(double)] = "double", [typeof(object)] = "object", [typeof(void)] = "void", [typeof(long)] = "long",
    };

    /// <summary>Without question marks, which generic parameters carry by attributes.</summary>
    public static IEnumerable<string> Of(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            var invoke = type.GetMethod("Invoke")!;
            yield return $"{Name(invoke.ReturnType)} Invoke({Parameters(invoke)})";
            yield break;
        }
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var constructor in type.GetConstructors(all).Where(Seen))
        {
            yield return $"{Access(constructor)} .ctor({Parameters(constructor)})";
        }
        foreach (var field in type.GetFields(all).Where(static field => field.IsPublic && !field.IsSpecialName))
        {
            yield return type.IsEnum ? field.Name : $"public {(field.IsStatic ? "static " : "")}readonly {Name(field.FieldType)} {field.Name}";
        }
        foreach (var property in type.GetProperties(all).Where(static property => property.GetAccessors(true).Any(Seen)))
        {
            var accessors = $"{(property.GetMethod is { } get && Seen(get) ? "get; " : "")}{(property.SetMethod is { } set && Seen(set) ? "set; " : "")}";
            var name = property.GetIndexParameters() is { Length: > 0 } index ? $"this[{string.Join(", ", index.Select(static one => $"{Name(one.ParameterType)} {one.Name}"))}]" : property.Name;
            var isStatic = property.GetAccessors(true)[0].IsStatic ? "static " : "";
            yield return $"{Attribute(property)}public {isStatic}{Name(property.PropertyType)} {name} {{ {accessors}}}";
        }
        foreach (var method in type.GetMethods(all).Where(static method => Seen(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !method.Name.Contains('.')))
        {
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(static one => one.Name))}>" : "";
            var modifier = method.IsStatic ? "static " : method.GetBaseDefinition() != method ? "override " : "";
            var extension = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)) ? "this " : "";
            yield return $"{Access(method)} {modifier}{Name(method.ReturnType)} {method.Name}{generic}({extension}{Parameters(method)})";
        }
    }

    /// <summary>A property's type with its question marks.</summary>
    public static string Nullable(PropertyInfo property) => Name(nullability.Create(property));

    public static string Name(Type type)
    {
        if (System.Nullable.GetUnderlyingType(type) is { } value)
        {
            return Name(value);
        }
        if (keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }
        if (type.IsGenericParameter)
        {
            return type.Name;
        }
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }
        var name = type.FullName is { } full ? full.Split('[')[0] : $"{type.Namespace}.{type.Name}";
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    static string Name(NullabilityInfo info)
    {
        var type = System.Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        var name = Name(type);
        if (type.IsGenericType && type == info.Type)
        {
            name = $"{name[..name.IndexOf('<', StringComparison.Ordinal)]}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>";
        }
        return info.ReadState == NullabilityState.Nullable ? $"{name}?" : name;
    }

    static bool Seen(MethodBase method) => method.IsPublic || method.IsFamily;

    static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static one =>
        $"{(one.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(one.ParameterType)} {one.Name}{(one.HasDefaultValue ? $" = {one.DefaultValue switch { null => "null", string text => $"\"{text}\"", var value => Convert.ToString(value, CultureInfo.InvariantCulture) }}" : "")}"));

    static string Attribute(PropertyInfo property)
    {
        var data = property.CustomAttributes.FirstOrDefault(static one => one.AttributeType.Namespace == "Pulumi" && one.AttributeType.Name is "InputAttribute" or "OutputAttribute");
        return data is null ? "" : $"[{data.AttributeType.FullName}({string.Join(", ", data.ConstructorArguments.Select(static one => one.Value is string text ? $"\"{text}\"" : $"{one.Value}"))})] ";
    }
}
