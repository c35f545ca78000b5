namespace Pulumi.AzureNative.Resources.Inputs;

public sealed class DeploymentPropertiesArgs : ResourceArgs
{
    [Input("mode", required: true)] public Input<DeploymentMode> Mode { get; set; } = null!;
    [Input("template")] public Input<object>? Template { get; set; }
}
