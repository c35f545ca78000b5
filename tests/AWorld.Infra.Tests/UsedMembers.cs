using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace AWorld.Infra.Tests;

/// <summary>What an assembly uses of another: "Namespace.Type" and "Namespace.Type::Member", properties without get_ and set_.</summary>
static class UsedMembers
{
    public static HashSet<string> Of(string assembly, string of)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeReferences)
        {
            if (TypeName(metadata, handle, of) is { } type)
            {
                used.Add(type);
            }
        }
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference && TypeName(metadata, (TypeReferenceHandle)member.Parent, of) is { } type)
            {
                var name = metadata.GetString(member.Name);
                used.Add($"{type}::{(name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) ? name[4..] : name)}");
            }
        }
        return used;
    }

    static string? TypeName(MetadataReader metadata, TypeReferenceHandle handle, string of)
    {
        var type = metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.AssemblyReference && metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == of
            ? $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"
            : null;
    }
}
