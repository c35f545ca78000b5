using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace AWorld.Platform;

/// <summary>An account or workspace id, or a list of them: 10 URL-safe characters.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TenantIdAttribute : ValidationAttribute, IDescribed
{
    internal const string Rule = "must be 10 letters, digits, _ or -";
    public TenantIdAttribute() => ErrorMessage = Rule;
    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string id => Ids.IsTenantId(id),
        _ => value is IEnumerable<string> ids && ids.All(static id => id is null || Ids.IsTenantId(id)),
    };
    void IDescribed.Describe(OpenApiSchema schema) => (schema.Items as OpenApiSchema ?? schema).Pattern = "^[A-Za-z0-9_-]{10}$";
}

/// <summary>An absolute http or https address.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class AbsoluteUriAttribute : ValidationAttribute, IDescribed
{
    const int Most = 2_048;
    public AbsoluteUriAttribute() => ErrorMessage = $"must be an absolute http or https address of at most {Most} characters";
    public override bool IsValid(object? value) =>
        value is null || value is string { Length: <= Most } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
    void IDescribed.Describe(OpenApiSchema schema) => (schema.Format, schema.MaxLength) = ("uri", Most);
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
