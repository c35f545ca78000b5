using System.Reflection;
using AWorld.Authorization;
using AWorld.Expressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AWorld.Platform;

/// <summary>OpenAPI 3.1 of each API, made from what the endpoints declare.</summary>
static class OpenApiDocuments
{
    public static readonly IReadOnlyList<ApiContext> Apis = [ApiContext.App, ApiContext.Dashboard, ApiContext.Portal, ApiContext.Identity];

    public static void AddOpenApiDocuments(this IServiceCollection services)
    {
        foreach (var api in Apis)
        {
            services.AddOpenApi(NameOf(api), options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.ShouldInclude = description => ApiOf("/" + description.RelativePath) == api;
                options.CreateSchemaReferenceId = static type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null ? null : NameOf(type.Type);
                options.AddDocumentTransformer((document, _, _) => Describe(document, api));
                options.AddOperationTransformer(Describe);
                options.AddSchemaTransformer(Describe);
            });
        }
    }

    public static void MapOpenApiDocuments(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi("/openapi/{documentName}.json").Operation("openapi/get").Public();

    public static string NameOf(ApiContext api) => api.ToString().ToLowerInvariant();

    public static ApiContext ApiOf(string path) =>
        Apis.SkipLast(1).FirstOrDefault(api => path.StartsWith($"/{NameOf(api)}/", StringComparison.Ordinal), ApiContext.Identity);

    static Task Describe(OpenApiDocument document, ApiContext api)
    {
        document.Info = new() { Title = $"AWorld {api} API", Version = "1.0.0" };
        document.Servers = [];
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "An access token of /auth/v1/email-otp/verify or /oauth2/token" },
        };
        return Task.CompletedTask;
    }

    static async Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId = metadata.OfType<Operation>().LastOrDefault()?.Id;
        operation.Tags = new HashSet<OpenApiTagReference> { new(operation.OperationId?.Split('/')[0] ?? "other", context.Document) };
        operation.Parameters = [.. PathParameters(context), .. metadata.OfType<Parameter>().Select(Declared)];
        if (metadata.OfType<Requirement>().LastOrDefault() is { Permission: { } permission })
        {
            var grant = Permissions.Table[permission];
            operation.Security = [new() { [new OpenApiSecuritySchemeReference("token", context.Document)] = [] }];
            operation.Description = $"Needs the role {NameOf(grant.Least)}{(grant.Scope is null ? "" : $", or a machine token with the scope {grant.Scope}")}.";
            if (metadata.OfType<UserRequired>().Any())
            {
                operation.Parameters.Add(Declared(new("x-user-id", "The user a machine token acts for", "header")));
            }
        }
        if (context.Description.HttpMethod is "POST" or "PUT" or "PATCH" or "DELETE")
        {
            operation.Parameters.Add(Declared(new(Idempotency.Header, "The same key gives the first answer again, for 24 hours", "header")));
        }
        if (BodyOf(metadata) is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = await Schema(body, context, stop) } },
            };
        }
        operation.Responses ??= [];
        if (!metadata.OfType<IProducesResponseTypeMetadata>().Any() && operation.Responses.Remove("200"))
        {
            operation.Responses["2XX"] = new OpenApiResponse { Description = "Success" };
        }
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "An error; see /docs/errors",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = await Schema(typeof(Problem.Shape), context, stop) } },
        };
    }

    static IEnumerable<IOpenApiParameter> PathParameters(OpenApiOperationTransformerContext context) =>
        from part in System.Text.RegularExpressions.Regex.Matches(context.Description.RelativePath ?? "", @"\{([^}:]+)[^}]*\}")
        select new OpenApiParameter { Name = part.Groups[1].Value, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    static OpenApiParameter Declared(Parameter parameter) => new()
    {
        Name = parameter.Name,
        Description = parameter.Description,
        In = parameter.In == "header" ? ParameterLocation.Header : ParameterLocation.Query,
        Schema = new OpenApiSchema { Type = parameter.Type switch { "integer" => JsonSchemaType.Integer, "boolean" => JsonSchemaType.Boolean, "number" => JsonSchemaType.Number, _ => JsonSchemaType.String } },
    };

    static Type? BodyOf(IList<object> metadata) =>
        metadata.OfType<MethodInfo>().LastOrDefault()?.GetParameters()
            .Select(parameter => parameter.ParameterType)
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Body<>))?.GenericTypeArguments[0];

    static async Task<IOpenApiSchema> Schema(Type type, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var name = NameOf(type);
        var schema = await context.GetOrCreateSchemaAsync(type, null, stop);
        if (context.Document is null)
        {
            return schema;
        }
        context.Document.AddComponent(name, schema);
        return new OpenApiSchemaReference(name, context.Document);
    }

    /// <summary>What our own converters read and write.</summary>
    static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken stop)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }
        else if (type == typeof(Expression))
        {
            schema.Description = "A JsonLogic expression: any JSON value";
        }
        return Task.CompletedTask;
    }

    /// <summary>Many use cases call what they take a Request; together with the use case it is one of a kind.</summary>
    static string NameOf(Type type)
    {
        if (type == typeof(Problem.Shape))
        {
            return "Error";
        }
        var name = type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{string.Join("And", type.GenericTypeArguments.Select(NameOf))}" : type.Name;
        return type.DeclaringType is { } owner && !name.StartsWith(owner.Name, StringComparison.Ordinal) ? owner.Name + name : name;
    }

    static string NameOf(Role role) => role.ToString().ToLowerInvariant();
}
