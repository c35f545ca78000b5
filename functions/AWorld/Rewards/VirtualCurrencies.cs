using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>A kind of points a workspace pays in. Amounts are in its own unit; balances stay within the limits.</summary>
/// <param name="CreditsExpireAfter">An ISO 8601 duration such as <c>P1Y</c>; null: credits last for ever. Those that exist keep what they were given with.</param>
/// <param name="UsersMayCredit">False: what users' own tokens ask for themselves is refused; only rules, machines and people of the dashboard pay. Absent: true.</param>
public sealed record VirtualCurrency(
    [property: Required, Text(TextAttribute.Name)] string Name,
    decimal? MinAllowedBalance = null,
    decimal? MaxAllowedBalance = null,
    [property: AbsoluteUri] string? Icon = null,
    [property: StringLength(30, MinimumLength = 2), Id] string? CatalogVirtualCurrencyId = null,
    bool? SyncWithCatalog = null,
    [property: StringLength(40)] string? CreditsExpireAfter = null,
    bool? UsersMayCredit = null) : Configured<LabelTranslation>
{
    [JsonIgnore] public override Origin Origin => CatalogVirtualCurrencyId is null ? Origin.Custom : Origin.Catalog;
}

static class VirtualCurrencies
{
    public static readonly Resource<VirtualCurrency> Resource = new("virtual-currencies", EntityType.VirtualCurrency)
    {
        FieldsOn = FieldsOn.List | FieldsOn.Get,
        ChosenId = true,
        TranslationsAt = "/dashboard/v1/streak-rules/{virtualCurrencyId}/translations",
        Keep = static (stored, sent) => sent with { CatalogVirtualCurrencyId = stored.CatalogVirtualCurrencyId },
        Check = static (currency, problems) => problems
            .When(currency.MinAllowedBalance > currency.MaxAllowedBalance, "minAllowedBalance", "must not exceed maxAllowedBalance")
            .When(currency.CreditsExpireAfter is { } duration && !IsDuration(duration), "creditsExpireAfter", "must be an ISO 8601 duration from an hour to a hundred years, such as P1Y or P90D"),
    };

    static bool IsDuration(string text)
    {
        var from = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return ExpiringCredits.After(from, text) is { } after && after >= from.AddHours(1) && after <= from.AddYears(100);
    }
}
