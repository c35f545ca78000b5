using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
                options.CreateSchemaReferenceId = static type => IsInline(type.Type) || OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null ? null : NameOf(type.Type);
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
        path.StartsWith("/integrations/", StringComparison.Ordinal) ? ApiContext.Dashboard : Apis.SkipLast(1).FirstOrDefault(api => path.StartsWith($"/{NameOf(api)}/", StringComparison.Ordinal), ApiContext.Identity);

    static Task Describe(OpenApiDocument document, ApiContext api)
    {
        document.Info = new() { Title = $"AWorld {api} API", Version = "1.0.0", Description = Conventions };
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
        var body = BodyOf(metadata);
        if (metadata.OfType<Requirement>().LastOrDefault() is { Permission: { } permission })
        {
            var grant = Permissions.Table[permission];
            operation.Security = [new() { [new OpenApiSecuritySchemeReference("token", context.Document)] = [] }];
            operation.Description = $"Needs the role {NameOf(grant.Least)}{(grant.Scope is null ? "" : $", or a machine token with the scope {grant.Scope}")}.";
            if (metadata.OfType<UserRequired>().Any())
            {
                operation.Parameters.Add(Declared(new("x-user-id", "The user a machine token acts for", "header")));
            }
            if (context.Description.HttpMethod is "POST" or "PUT" or "PATCH" or "DELETE")
            {
                operation.Parameters.Add(Declared(new(Idempotency.Header, "The same key gives the first answer again, for 24 hours", "header")));
            }
        }
        operation.RequestBody = body is null ? null : new OpenApiRequestBody { Required = body.Required, Content = Content(body.ContentType, await SchemaOf(body.Type, body.Composed, context, stop)) };
        operation.Responses ??= [];
        if (!metadata.OfType<IProducesResponseTypeMetadata>().Any())
        {
            operation.Responses.Clear();
        }
        if (metadata.OfType<ComposedAnswer>().LastOrDefault() is { } answer)
        {
            operation.Responses[answer.Status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = answer.Status == StatusCodes.Status201Created ? "Created" : "OK",
                Content = Content("application/json", await Listed(answer, context, stop)),
            };
        }
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "An error; see /docs/errors",
            Content = Content("application/problem+json", await SchemaOf(typeof(Problem.Shape), null, context, stop)),
        };
    }

    static IEnumerable<IOpenApiParameter> PathParameters(OpenApiOperationTransformerContext context) =>
        from part in System.Text.RegularExpressions.Regex.Matches(context.Description.RelativePath ?? "", @"\{([^}:]+)[^}]*\}")
        select new OpenApiParameter { Name = part.Groups[1].Value, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    static Dictionary<string, OpenApiMediaType> Content(string type, IOpenApiSchema schema) => new() { [type] = new() { Schema = schema } };

    static OpenApiParameter Declared(Parameter parameter) => new()
    {
        Name = parameter.Name,
        Description = parameter.Description,
        In = parameter.In == "header" ? ParameterLocation.Header : ParameterLocation.Query,
        Schema = parameter.Several ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = One(parameter) } : One(parameter),
    };

    static OpenApiSchema One(Parameter parameter) => new()
    {
        Type = parameter.Type switch { "integer" => JsonSchemaType.Integer, "boolean" => JsonSchemaType.Boolean, "number" => JsonSchemaType.Number, _ => JsonSchemaType.String },
        Enum = parameter.OneOf is { } values ? [.. values.Select(value => JsonValue.Create(value))] : null,
    };

    static BodyShape? BodyOf(IList<object> metadata) =>
        metadata.OfType<BodyShape>().LastOrDefault()
        ?? (metadata.OfType<MethodInfo>().LastOrDefault()?.GetParameters().Select(parameter => parameter.ParameterType)
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Body<>)) is { } body ? new(body.GenericTypeArguments[0]) : null);

    static async Task<IOpenApiSchema> Listed(ComposedAnswer answer, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var one = await SchemaOf(null, answer.Content, context, stop);
        var list = new OpenApiSchema { Type = JsonSchemaType.Array, Items = one };
        return answer.List switch
        {
            ListShape.None => one,
            ListShape.Bare => list,
            ListShape.Assignments => Object(("assignments", list, true)),
            _ => Object(("items", list, true), ("nextToken", new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null }, true)),
        };
    }

    static OpenApiSchema Object(params IReadOnlyList<(string Name, IOpenApiSchema Schema, bool Required)> fields) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = fields.ToDictionary(field => field.Name, field => field.Schema),
        Required = fields.Where(field => field.Required).Select(field => field.Name).ToHashSet(),
    };

    /// <summary>A reference to the schema of the type, or of what is composed.</summary>
    static async Task<IOpenApiSchema> SchemaOf(Type? type, Composed? composed, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var name = composed?.Name ?? NameOf(type!);
        var document = context.Document ?? throw new InvalidOperationException("schemas belong to a document");
        if (document.Components?.Schemas?.ContainsKey(name) != true)
        {
            document.AddComponent(name, composed is null ? await context.GetOrCreateSchemaAsync(type!, null, stop) : await Compose(composed, context, stop));
        }
        return new OpenApiSchemaReference(name, document);
    }

    static OpenApiSchema IdSchema()
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String };
        IdAttribute.Describe(schema);
        return schema;
    }

    static async Task<OpenApiSchema> Compose(Composed composed, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var (properties, required) = (new Dictionary<string, IOpenApiSchema>(), new HashSet<string>());
        foreach (var field in composed.Fields)
        {
            properties[field.Name] = field.Items is { } items
                ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = await SchemaOf(null, items, context, stop) }
                : field is { Type: var type } && type == typeof(string) && field.Name.EndsWith("Id", StringComparison.Ordinal) ? IdSchema()
                : await context.GetOrCreateSchemaAsync(field.Type, null, stop);
            if (field.Required)
            {
                required.Add(field.Name);
            }
        }
        foreach (var part in composed.Parts)
        {
            var schema = await context.GetOrCreateSchemaAsync(part, null, stop);
            foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            {
                if (properties.TryAdd(name, property) && schema.Required?.Contains(name) == true)
                {
                    required.Add(name);
                }
            }
        }
        return new() { Type = JsonSchemaType.Object, Properties = properties, Required = required };
    }

    /// <summary>What our own converters read and write, and what our own attributes check.</summary>
    static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken stop)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }
        else if (type == typeof(Expression))
        {
            schema.Description = "A JsonLogic expression";
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, Json.Options)!)];
        }
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && schema.Properties is { } properties)
        {
            schema.Required = context.JsonTypeInfo.Properties.Where(property => properties.ContainsKey(property.Name) && IsAlwaysThere(property)).Select(property => property.Name).ToHashSet();
        }
        if (schema.Type is { } kind && context.JsonPropertyInfo is { } field && HasAttribute<RequiredAttribute>(field))
        {
            schema.Type = kind & ~JsonSchemaType.Null;
        }
        foreach (var rule in context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(true).OfType<IDescribed>() ?? [])
        {
            rule.Describe(schema);
        }
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), true) is [AllowedValuesAttribute allowed])
        {
            schema.Enum = [.. allowed.Values.OfType<string>().Select(value => JsonValue.Create(value))];
        }
        return Task.CompletedTask;
    }

    /// <summary>What may be null is not written, unless it says so.</summary>
    static bool IsAlwaysThere(JsonPropertyInfo property) =>
        property.IsRequired || HasAttribute<RequiredAttribute>(property) || property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.Never }];

    static bool HasAttribute<T>(JsonPropertyInfo property) where T : Attribute => property.AttributeProvider?.IsDefined(typeof(T), true) == true;

    /// <summary>A name for any JSON, or for one of a few words, would only stand in the way.</summary>
    static bool IsInline(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } or { Name: nameof(JsonElement) or nameof(Expression) };

    /// <summary>Many use cases call what they take a Request; together with the use case it is one of a kind.</summary>
    static string NameOf(Type type)
    {
        if (type == typeof(Problem.Shape))
        {
            return "Error";
        }
        var name = type.IsGenericType ? $"{string.Concat(type.GenericTypeArguments.Select(NameOf))}{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}" : type.Name;
        return type.DeclaringType is { } owner && !name.StartsWith(owner.Name, StringComparison.Ordinal) ? owner.Name + name : name;
    }

    const string Conventions =
        "Errors are RFC 9457 problems with a code; see /docs/errors. Lists are pages: send nextToken again to get the next one. "
        + "Instants are ISO 8601 with an offset and answered in UTC. A mutation with x-idempotency-key is done once. "
        + "Answers carry an ETag: If-None-Match on a GET gives 304, If-Match on PUT, PATCH and DELETE gives 412 when it changed meanwhile.";

    static string NameOf(Role role) => role.ToString().ToLowerInvariant();
}
