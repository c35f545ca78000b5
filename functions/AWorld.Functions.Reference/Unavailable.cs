namespace AWorld.Functions.Reference;

/// <summary>What an operation of a reference declaration answers.</summary>
static class Unavailable
{
    public static NotSupportedException Here => new("this build has only the declarations of the Azure packages; build with -p:AzurePackages=true");
}
