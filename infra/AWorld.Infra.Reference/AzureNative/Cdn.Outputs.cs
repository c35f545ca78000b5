namespace Pulumi.AzureNative.Cdn.Outputs;

[OutputType]
public sealed class DomainValidationPropertiesResponse
{
    public readonly string ValidationToken;

    [OutputConstructor]
    DomainValidationPropertiesResponse(string validationToken) => ValidationToken = validationToken;
}
