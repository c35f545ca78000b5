using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Rewards;

/// <summary>What a user has: with what is pending (amount), and to spend (availableAmount).</summary>
sealed class OwnBalances(Players players, Snapshots snapshots, UserDirectory users, PageTokens tokens, WorkspaceClocks clocks)
{
    const string Path = "/app/v1/virtual-balances";

    sealed record ShownCurrency(
        string VirtualCurrencyId, string Name, string? CatalogVirtualCurrencyId, Origin Origin, bool? SyncWithCatalog, string DefaultLang, IReadOnlyList<string> Langs,
        decimal? MinAllowedBalance, decimal? MaxAllowedBalance, string? Icon, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    sealed record ShownText(string Lang, string Label, string? Description);

    sealed record ShownBalance(
        string UserId, string VirtualCurrencyId, decimal Amount, decimal AvailableAmount, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
        ShownCurrency? VirtualCurrency, bool IsActive, ShownText? Translation);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext http, Caller caller, OwnBalances own) => own.List(http, caller))
            .Operation("virtualBalances/list").Requires(Permission.ReadOwn).RequiresUser().TakesPage(sorted: true).Takes(Parameter.Fields("translation")).Produces<Page<ShownBalance>>();
        routes.MapGet($"{Path}/{{virtualCurrencyId}}", (HttpContext http, Caller caller, string virtualCurrencyId, OwnBalances own) => own.Get(http, caller, virtualCurrencyId))
            .Operation("virtualBalances/get").Requires(Permission.ReadOwn).RequiresUser().Takes(Parameter.Fields("translation")).Produces<ShownBalance>();
    }

    async Task<IResult> List(HttpContext http, Caller caller)
    {
        var request = await tokens.Read(http, descending: true, sorts: ["updatedAt"]);
        var fields = QueryParameters.AnyOf(http, "fields", "translation");
        if ((request.Error ?? fields.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var state = await players.Read(caller.Tenant, caller.User, http.RequestAborted);
        var page = await tokens.Page(http, request.Value, state.Balances, balance => $"{Instants.Text(balance.UpdatedAt)} {balance.VirtualCurrencyId}");
        var show = await Show(caller, state, fields.Value is not null, http.RequestAborted);
        return Answer.Ok(new Page<ShownBalance>([.. page.Items.Select(show)], page.NextToken));
    }

    async Task<IResult> Get(HttpContext http, Caller caller, string currencyId)
    {
        var fields = QueryParameters.AnyOf(http, "fields", "translation");
        if (fields.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var state = await players.Read(caller.Tenant, caller.User, http.RequestAborted);
        if (state.Balances.FirstOrDefault(balance => balance.VirtualCurrencyId == currencyId) is not { } found)
        {
            return new Problem(Error.NotFound("virtualBalance", currencyId));
        }
        return Answer.Ok((await Show(caller, state, fields.Value is not null, http.RequestAborted))(found));
    }

    async ValueTask<Func<Balance, ShownBalance>> Show(Caller caller, PlayerState state, bool withText, CancellationToken stop)
    {
        var snapshot = await snapshots.Get(caller.Tenant, stop);
        var lang = withText ? (await users.Find(caller.Tenant, caller.User, stop))?.Lang : null;
        var now = clocks.Now(caller.Tenant);
        return balance =>
        {
            var currency = snapshot.FindAtAnyStage<VirtualCurrency>(balance.VirtualCurrencyId);
            var text = withText && currency is not null ? currency.Translations.Choose(lang, currency.DefaultLang) : null;
            return new(
                caller.User, balance.VirtualCurrencyId, Ledger.Amount(state, balance.VirtualCurrencyId, now), Ledger.Available(state, balance.VirtualCurrencyId, now), balance.CreatedAt, balance.UpdatedAt,
                currency is null ? null : new(currency.Id, currency.Name, currency.CatalogVirtualCurrencyId, currency.Origin, currency.SyncWithCatalog, currency.DefaultLang,
                    [.. currency.Translations.Select(one => one.Lang)], currency.MinAllowedBalance, currency.MaxAllowedBalance, currency.Icon, currency.CreatedAt, currency.UpdatedAt),
                currency?.Stage == Stage.Published, text is null ? null : new(text.Lang, text.Label, text.Description));
        };
    }
}
