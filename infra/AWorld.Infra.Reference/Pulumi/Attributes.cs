namespace Pulumi
{
    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
    public sealed class InputAttribute(string name, bool required = false, bool json = false) : Attribute
    {
        internal string Name { get; } = name;
        internal bool IsRequired { get; } = required;
        internal bool Json { get; } = json;
    }

    [AttributeUsage(AttributeTargets.Property)]
    public sealed class OutputAttribute(string? name = null) : Attribute
    {
        public string? Name { get; } = name;
    }

    [AttributeUsage(AttributeTargets.Struct)]
    public sealed class EnumTypeAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class OutputTypeAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Constructor)]
    public sealed class OutputConstructorAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Class)]
    public class ResourceTypeAttribute(string type, string? version) : Attribute
    {
        public string Type { get; } = type;
        public string? Version { get; } = version;
    }
}

namespace Pulumi.AzureNative
{
    [AttributeUsage(AttributeTargets.Class)]
    class AzureNativeResourceTypeAttribute(string type) : ResourceTypeAttribute(type, null);
}
