namespace Pulumi.AzureNative.Authorization;

public static class GetClientConfig
{
    public static Output<GetClientConfigResult> Invoke(InvokeOptions? options = null) => new(Session.Current.Call<GetClientConfigResult>("azure-native:authorization:getClientConfig"));
}

[OutputType]
public sealed class GetClientConfigResult
{
    public readonly string SubscriptionId;
    public readonly string TenantId;

    [OutputConstructor]
    GetClientConfigResult(string subscriptionId, string tenantId) => (SubscriptionId, TenantId) = (subscriptionId, tenantId);
}
