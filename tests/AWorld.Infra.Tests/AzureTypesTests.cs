using System.Collections.Immutable;

namespace AWorld.Infra.Tests;

public sealed class AzureTypesTests
{
    [Theory, MemberData(nameof(GraphTests.Every), MemberType = typeof(GraphTests))]
    public async Task Azure_takes_every_resource_as_its_types_say(int which) =>
        (await Environments.All[which].Graph()).SelectMany(AzureTypes.Refusals).ShouldBeEmpty();

    /// <summary>Each a mistake that compiles and that Azure would answer with an error half-way through.</summary>
    [Theory]
    [InlineData("storage:StorageAccount", "minimumTlsVersion", "TLS9_9", "TLS1_2")]
    [InlineData("storage:StorageAccount", "accountName", "Not-Legal", "Azure takes 3 to 24")]
    [InlineData("storage:StorageAccount", "kind", null, "kind is missing")]
    [InlineData("storage:StorageAccount", "isPublic", false, "ispublic is unknown")]
    [InlineData("web:AppServicePlan", "zoneRedundant", "yes", "zoneredundant is String")]
    [InlineData("web:WebApp", "siteConfig.ftpsState", "Sometimes", "FtpsOnly")]
    [InlineData("keyvault:Vault", "properties.sku.family", "B", "Azure takes A")]
    [InlineData("keyvault:Vault", "properties.tenantId", null, "tenantid is missing")]
    [InlineData("monitor:MetricAlert", "criteria.odataType", "Microsoft.Azure.Monitor.Unheard", "is not one of")]
    [InlineData("servicebus:Namespace", "sku.capacity", "1", "capacity is String")]
    public async Task What_Azure_would_refuse_is_found(string type, string path, object? value, string told)
    {
        var resource = (await Environments.One.Graph()).First(one => one.Type == $"azure-native:{type}");
        AzureTypes.Refusals(resource with { Inputs = With(resource.Inputs, path.Split('.'), value) }).ShouldContain(one => one.Contains(told, StringComparison.Ordinal));
    }

    static ImmutableDictionary<string, object> With(ImmutableDictionary<string, object> inputs, string[] path, object? value) => path switch
    {
        [var last] when value is null => inputs.Remove(last),
        [var last] => inputs.SetItem(last, value),
        _ => inputs.SetItem(path[0], With((ImmutableDictionary<string, object>)inputs[path[0]], path[1..], value)),
    };
}
