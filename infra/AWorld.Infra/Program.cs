using AWorld.Infra;
using Pulumi;

// `pulumi up` runs this without arguments; `plan --stack prod` needs neither its engine nor an account.
return args switch
{
    [] => await Deploy(),
    ["plan", "--stack", var stack] => await Print(stack, Path.Combine(AppContext.BaseDirectory, "environments")),
    ["plan", "--stack", var stack, "--environments", var folder] => await Print(stack, folder),
    _ => Refuse("plan --stack NAME [--environments FOLDER]: what `pulumi up` would make, its limits and costs, and what failures cost"),
};

static async Task<int> Deploy()
{
    try
    {
        return await Deployment.RunAsync(Up);
    }
    catch (Exception absent) when (absent is NotSupportedException or InvalidOperationException)
    {
        return Refuse(absent.Message);
    }
}

static IDictionary<string, object?> Up()
{
    var (topology, problems) = Plan.Read(Deployment.Instance.StackName, Path.Combine(AppContext.BaseDirectory, "environments"));
    return topology is null ? throw new RunException(string.Join("\n", problems)) : AWorld.Infra.Platform.Make(topology, Plan.Entities(), TimeProvider.System);
}

static async Task<int> Print(string stack, string folder) =>
    Plan.Read(stack, folder) switch { ({ } topology, _) => await Plan.Print(topology, Console.Out), (_, var problems) => Refuse([.. problems]) };

static int Refuse(params string[] problems)
{
    Array.ForEach(problems, Console.Error.WriteLine);
    return 1;
}
