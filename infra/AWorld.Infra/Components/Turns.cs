using Pulumi;

namespace AWorld.Infra.Components;

/// <summary>
/// Changes of one resource in Azure, each made when the one before is done. Cosmos DB refuses a second role assignment at a
/// time (412, "requires an exclusive lock": github.com/hashicorp/terraform-provider-azurerm/issues/15842) or fails at a second
/// private endpoint (issues/14364 there), Key Vault asks to "serialize the operations" (pull/32095).
/// </summary>
/// <param name="before">What the first change has to wait for.</param>
sealed class Turns(params IReadOnlyList<Resource> before)
{
    IReadOnlyList<Resource> before = before;

    public T Next<T>(CustomResourceOptions options, Func<CustomResourceOptions, T> make) where T : Resource
    {
        foreach (var one in before)
        {
            options.DependsOn.Add(one);
        }
        var made = make(options);
        before = [made];
        return made;
    }
}
