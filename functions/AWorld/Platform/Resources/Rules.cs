using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace AWorld.Platform;

/// <summary>An account or workspace id: 10 URL-safe characters.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TenantIdAttribute : ValidationAttribute, IDescribed
{
    public TenantIdAttribute() => ErrorMessage = "must be 10 letters, digits, _ or -";
    public override bool IsValid(object? value) => value is null || value is string id && Ids.IsTenantId(id);
    void IDescribed.Describe(OpenApiSchema schema) => schema.Pattern = "^[A-Za-z0-9_-]{10}$";
}

/// <summary>An absolute http or https address.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class AbsoluteUriAttribute : ValidationAttribute, IDescribed
{
    public AbsoluteUriAttribute() => ErrorMessage = "must be an absolute http or https address";
    public override bool IsValid(object? value) =>
        value is null || value is string text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
    void IDescribed.Describe(OpenApiSchema schema) => schema.Format = "uri";
}

/// <summary>Narrows a shared enum to the values that one field takes.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class OneOfAttribute : ValidationAttribute, IDescribed
{
    readonly EntityType[] allowed;

    public OneOfAttribute(params EntityType[] allowed)
    {
        this.allowed = allowed;
        ErrorMessage = $"must be one of {string.Join(", ", allowed)}";
    }

    public IReadOnlyList<EntityType> Allowed => allowed;
    public override bool IsValid(object? value) => value is null || value is EntityType type && allowed.Contains(type);
    void IDescribed.Describe(OpenApiSchema schema) => schema.Enum = [.. allowed.Select(type => JsonValue.Create(type.ToString()))];
}
