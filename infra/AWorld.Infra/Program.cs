using AWorld.Infra;
using Pulumi;

// `pulumi up` runs this without arguments; `plan --stack prod` needs neither its engine nor an account.
return args switch
{
    [] => await Deployment.RunAsync(Up),
    ["plan", "--stack", var stack] => await Print(stack, Path.Combine(AppContext.BaseDirectory, "environments")),
    ["plan", "--stack", var stack, "--environments", var folder] => await Print(stack, folder),
    _ => Usage(),
};

static IDictionary<string, object?> Up()
{
    var (topology, problems) = Plan.Read(Deployment.Instance.StackName, Path.Combine(AppContext.BaseDirectory, "environments"));
    return topology is null ? throw new RunException(string.Join("\n", problems)) : AWorld.Infra.Platform.Make(topology, Plan.Entities(), TimeProvider.System);
}

static async Task<int> Print(string stack, string folder)
{
    var (topology, problems) = Plan.Read(stack, folder);
    foreach (var problem in problems)
    {
        Console.Error.WriteLine(problem);
    }
    return topology is null ? 1 : await Plan.Print(topology, Console.Out);
}

static int Usage()
{
    Console.Error.WriteLine("plan --stack NAME [--environments FOLDER]: what `pulumi up` would make, its limits and costs, and what failures cost");
    return 1;
}
