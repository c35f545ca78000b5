using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.Web;
using Pulumi.AzureNative.Web.Inputs;

namespace AWorld.Infra.Components;

/// <param name="Packages">Address of the container of blobs that the app's packages are in.</param>
/// <param name="Needs">What must be there before an app that starts asks for it: rights, names and places of what it uses.</param>
/// <param name="Origins">Web pages that may call the app from a browser.</param>
/// <param name="FrontDoorId">Requests must carry it; null while glass is broken.</param>
sealed record ComputeArgs(
    StampTopology Stamp, Ceilings Ceilings, Hosting Hosting, Place Place, Identity Identity, Input<string> SubnetId, string Packages,
    Output<string>? FrontDoorId, IReadOnlyList<string> Origins, IReadOnlyList<(string Name, Input<string> Value)> Settings, Input<string> WorkspaceId, IReadOnlyList<Resource> Needs);

/// <summary>A stamp's plan and Function app. It takes requests from this environment's Front Door alone.</summary>
sealed class Compute : ComponentResource
{
    public Compute(string name, ComputeArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Compute", name, options)
    {
        var flex = args.Hosting == Hosting.FlexConsumption;
        var own = new CustomResourceOptions { Parent = this };
        var plan = new AppServicePlan($"{name}-plan", Plan(args, flex), own);
        if (!flex)
        {
            Observability.Diagnose(this, $"{name}-plan", plan.Id, args.WorkspaceId, Sent.Metrics);
        }
        var app = new WebApp($"{name}-app", App(args, plan.Id, flex), new() { Parent = this, DependsOn = args.Needs.ToArray() });
        Host = app.DefaultHostName;
        // Packages come by the deployer's own sign-in; these are the names and passwords that every app has besides: https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable
        _ = new WebAppFtpAllowed($"{name}-ftp", new() { Name = app.Name, ResourceGroupName = args.Place.Group, Allow = false }, own);
        _ = new WebAppScmAllowed($"{name}-scm", new() { Name = app.Name, ResourceGroupName = args.Place.Group, Allow = false }, own);
        Observability.Diagnose(this, $"{name}-app", app.Id, args.WorkspaceId);
        RegisterOutputs();
    }

    public Output<string> Host { get; }

    static AppServicePlanArgs Plan(ComputeArgs args, bool flex)
    {
        var plan = new AppServicePlanArgs
        {
            Name = args.Stamp.Name(Named.Plan),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Kind = flex ? "functionapp" : "elastic",
            Reserved = true,
            ZoneRedundant = true,
            Sku = flex
                ? new SkuDescriptionArgs { Name = "FC1", Tier = "FlexConsumption" }
                : new SkuDescriptionArgs { Name = "EP2", Tier = "ElasticPremium", Capacity = args.Ceilings.PlanInstances },
            Tags = args.Place.Tags,
        };
        if (!flex)
        {
            plan.MaximumElasticWorkerCount = args.Ceilings.MostPlanInstances;
        }
        return plan;
    }

    static WebAppArgs App(ComputeArgs args, Input<string> planId, bool flex)
    {
        var app = new WebAppArgs
        {
            Name = args.Stamp.Name(Named.App),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Kind = "functionapp,linux",
            ServerFarmId = planId,
            Reserved = true,
            HttpsOnly = true,
            ClientAffinityEnabled = false,
            VirtualNetworkSubnetId = args.SubnetId,
            Identity = new ManagedServiceIdentityArgs { Type = Pulumi.AzureNative.Web.ManagedServiceIdentityType.UserAssigned, UserAssignedIdentities = { args.Identity.Id } },
            KeyVaultReferenceIdentity = args.Identity.Id,
            SiteConfig = Site(args, flex),
            Tags = args.Place.Tags,
        };
        if (flex)
        {
            app.FunctionAppConfig = Flex(args);
        }
        else
        {
            app.VnetRouteAllEnabled = true;
        }
        return app;
    }

    static FunctionAppConfigArgs Flex(ComputeArgs args) => new()
    {
        Runtime = new FunctionsRuntimeArgs { Name = RuntimeName.Dotnet_isolated, Version = "10.0" },
        Deployment = new FunctionsDeploymentArgs
        {
            Storage = new FunctionsDeploymentStorageArgs
            {
                Type = FunctionsDeploymentStorageType.BlobContainer,
                Value = args.Packages,
                Authentication = new FunctionsDeploymentAuthenticationArgs { Type = Pulumi.AzureNative.Web.AuthenticationType.UserAssignedIdentity, UserAssignedIdentityResourceId = args.Identity.Id },
            },
        },
        ScaleAndConcurrency = new FunctionsScaleAndConcurrencyArgs
        {
            MaximumInstanceCount = args.Ceilings.MostInstances,
            InstanceMemoryMB = args.Ceilings.InstanceMegabytes,
            AlwaysReady = { new FunctionsAlwaysReadyConfigArgs { Name = "http", InstanceCount = args.Ceilings.ReadyInstances } },
            Triggers = new FunctionsScaleAndConcurrencyTriggersArgs { Http = new FunctionsScaleAndConcurrencyHttpArgs { PerInstanceConcurrency = args.Ceilings.RequestsPerInstance } },
        },
    };

    static SiteConfigArgs Site(ComputeArgs args, bool flex)
    {
        var site = new SiteConfigArgs
        {
            MinTlsVersion = SupportedTlsVersions.SupportedTlsVersions_1_2,
            ScmMinTlsVersion = SupportedTlsVersions.SupportedTlsVersions_1_2,
            Http20Enabled = true,
            // In Flex Consumption the Functions host answers preflights itself, and without these with nothing:
            // https://github.com/Azure/azure-functions-host/blob/v4.1037.0/src/WebJobs.Script.WebHost/Configuration/CorsOptionsSetup.cs
            Cors = new CorsSettingsArgs { AllowedOrigins = args.Origins.ToArray(), SupportCredentials = false },
        };
        if (!flex)
        {
            site.FtpsState = FtpsState.Disabled;
            // Flex Consumption has no such check: Front Door's probes are what takes an ill region out.
            site.HealthCheckPath = "/health/ready";
            (site.LinuxFxVersion, site.FunctionAppScaleLimit, site.MinimumElasticInstanceCount) = ("DOTNET-ISOLATED|10.0", args.Ceilings.MostPlanInstances, args.Ceilings.PlanInstances);
            // Without it nothing scales by triggers in a private network: https://learn.microsoft.com/azure/azure-functions/functions-networking-options
            site.FunctionsRuntimeScaleMonitoringEnabled = true;
            // Flex Consumption has these in its configuration and refuses them as settings.
            site.AppSettings.Add(new NameValuePairArgs { Name = "FUNCTIONS_EXTENSION_VERSION", Value = "~4" });
            site.AppSettings.Add(new NameValuePairArgs { Name = "FUNCTIONS_WORKER_RUNTIME", Value = "dotnet-isolated" });
            // Not the usual share of files, which knows no identities: https://learn.microsoft.com/azure/azure-functions/storage-considerations#create-an-app-without-azure-files
            site.AppSettings.Add(new NameValuePairArgs { Name = "WEBSITE_RUN_FROM_PACKAGE", Value = $"{args.Packages}/app.zip" });
            site.AppSettings.Add(new NameValuePairArgs { Name = "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID", Value = args.Identity.Id });
        }
        if (args.FrontDoorId is not { } frontDoor)
        {
            // Said, because Azure keeps what an update does not mention: https://github.com/pulumi/pulumi-azure-native/issues/2507
            site.IpSecurityRestrictionsDefaultAction = DefaultAction.Allow;
            site.IpSecurityRestrictions.Add(new IpSecurityRestrictionArgs { Name = "anybody", Priority = 100, Action = "Allow", IpAddress = "Any" });
        }
        else
        {
            site.IpSecurityRestrictionsDefaultAction = DefaultAction.Deny;
            site.IpSecurityRestrictions.Add(new IpSecurityRestrictionArgs
            {
                Name = "front-door", Priority = 100, Action = "Allow", Tag = IpFilterTag.ServiceTag, IpAddress = "AzureFrontDoor.Backend",
                Headers = { { "x-azure-fdid", frontDoor.Apply(static id => System.Collections.Immutable.ImmutableArray.Create(id)) } },
            });
            // Its probes know which region is well before names lead past Front Door.
            site.IpSecurityRestrictions.Add(new IpSecurityRestrictionArgs { Name = "traffic-manager", Priority = 110, Action = "Allow", Tag = IpFilterTag.ServiceTag, IpAddress = "AzureTrafficManager" });
        }
        foreach (var (setting, value) in args.Settings)
        {
            site.AppSettings.Add(new NameValuePairArgs { Name = setting, Value = value });
        }
        return site;
    }
}
