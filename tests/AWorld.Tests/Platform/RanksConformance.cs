using AWorld.Platform.Ranks;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Tests.Platform;

/// <summary>What all <see cref="IRanks"/> do. Their tests derive from it and say how to open a board's.</summary>
public abstract class RanksConformance
{
    protected static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Ranks of a board without members, by themselves.</summary>
    protected abstract Task<IRanks> Open(bool ranksZero = true);

    /// <summary>How many histories are tried.</summary>
    protected virtual int Histories => 100;

    /// <summary>What ranks must say, said by lists and a sort.</summary>
    sealed class Model(bool ranksZero)
    {
        public readonly Dictionary<string, List<RankEntry>> Members = [];
        public readonly Dictionary<string, int> Journaled = [];

        public List<Ranked> All()
        {
            var totals = Members.Where(member => member.Value.Count > 0).Select(member =>
            {
                var score = member.Value.Sum(entry => entry.Amount);
                var reached = member.Value.Skip(1).LastOrDefault(entry => entry.Amount != 0, member.Value[0]).At;
                return (Id: member.Key, Score: score, At: reached);
            }).Where(total => ranksZero || total.Score != 0).ToList();
            return [.. totals.OrderByDescending(total => total.Score).ThenBy(total => total.At).ThenBy(total => total.Id, StringComparer.Ordinal)
                .Select(total => new Ranked(totals.Count(other => other.Score > total.Score) + 1, total.Id, total.Score))];
        }
    }

    /// <param name="Kind">0: remove; 1: an old entry again; 2, 3: the journal's next one; else: a new entry.</param>
    public sealed record Step(int Member, int Kind, decimal Amount, int At);

    static readonly Arbitrary<Step[]> Steps = Gen.ArrayOf(
        from member in Gen.Choose(0, 15)
        from kind in Gen.Choose(0, 12)
        from amount in Gen.Choose(-5, 9)
        from unit in Gen.Elements(1m, 0.1m, 0.000000001m, 1_000_000_000m)
        from at in Gen.Choose(0, 5)
        select new Step(member, kind, amount * unit, at)).Resize(120).ToArbitrary();

    [Fact]
    public void A_rank_equals_a_sort_for_any_history() =>
        Prop.ForAll(Steps, Gen.Elements(true, false).ToArbitrary(), (steps, ranksZero) => Run(steps, ranksZero).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));

    async Task<bool> Run(Step[] steps, bool ranksZero)
    {
        var (ranks, model, lives) = (await Open(ranksZero), new Model(ranksZero), new int[16]);
        foreach (var step in steps)
        {
            await Take(ranks, model, lives, step);
        }
        var expected = model.All();
        var whole = await ranks.Page(0, 1000, null, None);
        var joined = new List<Ranked>();
        for (var offset = 0; offset < expected.Count + 3; offset += 3)
        {
            joined.AddRange((await ranks.Page(offset, 3, null, None)).Items);
        }
        foreach (var line in expected)
        {
            var (found, count) = await ranks.Find(line.MemberId, None);
            if (found != new Standing(line.Rank, line.Score) || count != expected.Count || (await ranks.Page(0, 1, line.MemberId, None)).Own != found)
            {
                return false;
            }
        }
        return whole.Items.SequenceEqual(expected) && whole.Count == expected.Count && joined.SequenceEqual(expected) && (await ranks.Find("nobody", None)).Standing is null;
    }

    static async Task Take(IRanks ranks, Model model, int[] lives, Step step)
    {
        var id = $"user-{step.Member}-{lives[step.Member]}";
        var entries = model.Members.TryGetValue(id, out var known) ? known : model.Members[id] = [];
        var journaled = model.Journaled.GetValueOrDefault(id);
        switch (step.Kind)
        {
            case 0:
                await ranks.Remove(id);
                model.Members.Remove(id);
                lives[step.Member]++;
                break;
            case 1 when entries.Count > 0:
                await ranks.Heard(entries[step.At % entries.Count]);
                await ranks.Journaled([.. entries.Take(journaled).Skip(step.At)]);
                break;
            case 2 or 3 when journaled < entries.Count:
                await ranks.Journaled([.. entries.Skip(journaled).Take(step.Kind - 1)]);
                model.Journaled[id] = Math.Min(entries.Count, journaled + step.Kind - 1);
                break;
            case > 3:
                entries.Add(new(id, step.Amount, step.At, entries.Count + 1));
                await ranks.Heard(entries[^1]);
                break;
        }
    }

    [Fact]
    public async Task Ties_share_the_best_rank_and_are_listed_by_who_came_first_then_by_id()
    {
        var ranks = await Open();
        foreach (var (id, amount, at) in ((string, decimal, long)[])[("zoe", 9, 5), ("用户", 9, 3), ("amy", 9, 5), ("Bob", 9, 5), ("ada", 7, 1), ("eve", 12, 9), ("dan", 7, -1)])
        {
            await ranks.Heard(new(id, amount, at, 1));
        }
        Same(await ranks.Page(0, 10, "ada", None), 7, new(6, 7), new(1, "eve", 12), new(2, "用户", 9), new(2, "Bob", 9), new(2, "amy", 9), new(2, "zoe", 9), new(6, "dan", 7), new(6, "ada", 7));
        (await ranks.Page(3, 3, null, None)).Items.ShouldBe([new(2, "amy", 9), new(2, "zoe", 9), new(6, "dan", 7)]);
        (await ranks.Find("zoe", None)).ShouldBe((new Standing(2, 9), 7));
    }

    [Fact]
    public async Task An_entry_that_is_told_in_every_way_counts_once()
    {
        var ranks = await Open();
        RankEntry first = new("ada", 5, 1, 3), second = new("ada", 2, 2, 7);
        await ranks.Heard(first);
        await ranks.Heard(first);
        await ranks.Journaled([first, first]);
        await ranks.Heard(second);
        await ranks.Heard(first);
        await ranks.Journaled([first, second]);
        await ranks.Heard(second);
        (await ranks.Find("ada", None)).ShouldBe((new Standing(1, 7), 1));
    }

    [Fact]
    public async Task Scores_are_exact_decimals()
    {
        var ranks = await Open();
        await ranks.Heard(new("ada", 0.1m, 1, 1));
        await ranks.Heard(new("ada", 0.2m, 1, 2));
        await ranks.Heard(new("bob", 0.3000000000000000000000000001m, 1, 1));
        await ranks.Heard(new("eve", 79_228_162_514_264_337_593_543_950_334m, 1, 1));
        await ranks.Heard(new("dan", -0.5m, 1, 1));
        (await ranks.Page(0, 10, null, None)).Items.ShouldBe([new(1, "eve", 79_228_162_514_264_337_593_543_950_334m), new(2, "bob", 0.3000000000000000000000000001m), new(3, "ada", 0.3m), new(4, "dan", -0.5m)]);
    }

    [Fact]
    public async Task Who_joins_is_ranked_with_nothing_where_zero_is_ranked()
    {
        var (everybody, earners) = (await Open(), await Open(ranksZero: false));
        foreach (var ranks in (IRanks[])[everybody, earners])
        {
            await ranks.Journaled([new("ada", 0, 1, 0), new("bob", 0, 2, 0)]);
            await ranks.Heard(new("bob", 4, 3, 1));
            await ranks.Journaled([new("bob", 0, 2, 0)]);
        }
        (await everybody.Page(0, 10, null, None)).Items.ShouldBe([new(1, "bob", 4), new(2, "ada", 0)]);
        Same(await earners.Page(0, 10, "ada", None), 1, null, new Ranked(1, "bob", 4));
        await earners.Heard(new("bob", -4, 5, 2));
        (await earners.Find("bob", None)).ShouldBe((null, 0));
    }

    [Fact]
    public async Task A_page_beyond_the_end_is_empty_and_any_limit_is_taken()
    {
        var ranks = await Open();
        Same(await ranks.Page(0, 10, "ada", None), 0, null);
        await ranks.Heard(new("ada", 1, 1, 1));
        Same(await ranks.Page(1, 10, null, None), 1, null);
        (await ranks.Page(int.MaxValue, int.MaxValue, null, None)).Items.ShouldBeEmpty();
        (await ranks.Page(0, int.MaxValue, null, None)).Items.ShouldHaveSingleItem();
    }

    static void Same(RankPage page, int count, Standing? own, params Ranked[] lines)
    {
        page.Items.ShouldBe(lines);
        (page.Count, page.Own).ShouldBe((count, own));
    }
}
