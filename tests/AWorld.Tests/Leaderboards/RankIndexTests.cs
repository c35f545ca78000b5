using AWorld.Platform.Ranks;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Tests.Leaderboards;

public sealed class RankIndexTests
{
    /// <summary>What an index must say, said by a dictionary and a sort.</summary>
    sealed class Sorted(bool ranksZero)
    {
        readonly Dictionary<string, (decimal Score, long At, long Sequence)> members = [];

        public void Apply(string id, decimal? amount, long at, long sequence)
        {
            if (!members.TryGetValue(id, out var member))
            {
                if (amount is { } first)
                {
                    members[id] = (first, at, sequence);
                }
            }
            else if (sequence > member.Sequence)
            {
                members[id] = amount is null or 0 ? member with { Sequence = sequence } : (member.Score + amount.Value, at, sequence);
            }
        }

        public void Remove(string id) => members.Remove(id);

        public List<Ranked> All() =>
        [
            .. members.Where(m => ranksZero || m.Value.Score != 0).OrderByDescending(m => m.Value.Score).ThenBy(m => m.Value.At).ThenBy(m => m.Key, StringComparer.Ordinal)
                .Select(m => new Ranked(members.Values.Count(other => (ranksZero || other.Score != 0) && other.Score > m.Value.Score) + 1, m.Key, m.Value.Score)),
        ];
    }

    /// <param name="Kind">0: remove; 1: an entry that does not count; 2: an old entry again; else: a score.</param>
    sealed record Step(int Member, int Kind, int Amount, int At);

    static readonly Arbitrary<Step[]> Steps = Gen.ArrayOf(
        from member in Gen.Choose(0, 40)
        from kind in Gen.Choose(0, 12)
        from amount in Gen.Choose(-3, 3)
        from at in Gen.Choose(0, 5)
        select new Step(member, kind, amount, at)).Resize(400).ToArbitrary();

    static (RankIndex, Sorted) Run(IEnumerable<Step> steps, bool ranksZero = true)
    {
        var (index, model) = (new RankIndex(ranksZero), new Sorted(ranksZero));
        var sequence = 0L;
        foreach (var step in steps)
        {
            var id = $"user-{step.Member}";
            if (step.Kind == 0)
            {
                index.Remove(id);
                model.Remove(id);
                continue;
            }
            decimal? amount = step.Kind == 1 ? null : step.Amount / 2m;
            var number = step.Kind == 2 ? Math.Max(1, sequence / 2) : ++sequence;
            index.Apply(id, amount, step.At, number);
            model.Apply(id, amount, step.At, number);
        }
        return (index, model);
    }

    static async Task<RankIndex> Reopen(RankIndex index, SortedDictionary<int, byte[]> stored, bool ranksZero = true)
    {
        await index.Save((chunk, json) =>
        {
            stored[chunk] = json;
            return ValueTask.CompletedTask;
        });
        return await RankIndex.Load(stored.Values.Select(json => (ReadOnlyMemory<byte>)json).ToAsyncEnumerable(), ranksZero);
    }

    [Fact]
    public void A_rank_equals_a_sort_for_any_sequence_of_updates() =>
        Prop.ForAll(Steps, Gen.Elements(true, false).ToArbitrary(), (steps, ranksZero) =>
        {
            var (index, model) = Run(steps, ranksZero);
            var expected = model.All();
            return index.Page(0, 100).Items.SequenceEqual(expected)
                && index.Count == expected.Count
                && expected.All(line => index.Find(line.MemberId).Standing == new Standing(line.Rank, line.Score))
                && index.Find("nobody").Standing is null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_stored_and_loaded_ranks_the_same_and_goes_on_the_same() =>
        Prop.ForAll(Steps, Steps, Gen.Elements(true, false).ToArbitrary(), (before, after, ranksZero) =>
        {
            var (index, _) = Run(before, ranksZero);
            var loaded = Reopen(index, [], ranksZero).GetAwaiter().GetResult();
            foreach (var (step, sequence) in after.Select((step, i) => (step, 1000L + i)))
            {
                index.Apply($"user-{step.Member}", step.Amount, step.At, sequence);
                loaded.Apply($"user-{step.Member}", step.Amount, step.At, sequence);
            }
            return loaded.Page(0, 100).Items.SequenceEqual(index.Page(0, 100).Items);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Pages_join_to_the_whole_ranking() =>
        Prop.ForAll(Steps, Gen.Choose(1, 12).ToArbitrary(), (steps, limit) =>
        {
            var (index, model) = Run(steps);
            var pages = Enumerable.Range(0, 50).SelectMany(page => index.Page(page * limit, limit).Items);
            return pages.SequenceEqual(model.All());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Fifty_thousand_members_that_climb_and_leave_stay_in_order()
    {
        var (index, random) = (new RankIndex(), new Random(7));
        var scores = new Dictionary<string, (decimal Score, long At)>();
        for (var sequence = 1L; sequence <= 200_000; sequence++)
        {
            var id = $"user-{random.Next(50_000)}";
            if (random.Next(20) == 0)
            {
                index.Remove(id).ShouldBe(scores.Remove(id));
                continue;
            }
            var amount = random.Next(1, 50);
            index.Apply(id, amount, sequence, sequence).ShouldBeTrue();
            scores[id] = (scores.GetValueOrDefault(id).Score + amount, sequence);
        }
        var expected = scores.OrderByDescending(s => s.Value.Score).ThenBy(s => s.Value.At).Select(s => s.Key).ToList();
        index.Page(0, int.MaxValue).Items.Select(line => line.MemberId).SequenceEqual(expected).ShouldBeTrue();
        var above = expected.GroupBy(id => scores[id].Score).Aggregate((Rank: 1, Ranks: new Dictionary<decimal, int>()), (sum, tie) =>
        {
            sum.Ranks[tie.Key] = sum.Rank;
            return (sum.Rank + tie.Count(), sum.Ranks);
        }).Ranks;
        expected.ShouldAllBe(id => index.Find(id).Standing!.Value.Rank == above[scores[id].Score]);
        index.Page(31_234, 3).Items.Select(line => line.MemberId).ShouldBe(expected.Skip(31_234).Take(3));
        foreach (var id in expected)
        {
            index.Remove(id).ShouldBeTrue();
        }
        index.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Only_chunks_that_changed_are_stored_again()
    {
        var index = new RankIndex();
        for (var i = 0; i < 10_000; i++)
        {
            index.Apply($"user-{i}", 1, 1, 1);
        }
        var stored = new SortedDictionary<int, byte[]>();
        await Reopen(index, stored);
        stored.Keys.ShouldBe([0, 1, 2]);
        stored.Clear();
        index.Apply("user-9999", 5, 2, 2);
        await Reopen(index, stored);
        stored.Keys.ShouldBe([2]);
    }

    [Fact]
    public async Task A_chunk_that_could_not_be_stored_is_stored_the_next_time()
    {
        var index = new RankIndex();
        index.Apply("ada", 3, 1, 1);
        await Should.ThrowAsync<IOException>(async () => await index.Save((_, _) => throw new IOException("disk")));
        var stored = new SortedDictionary<int, byte[]>();
        (await Reopen(index, stored)).Find("ada").Standing.ShouldBe(new Standing(1, 3));
    }

    [Fact]
    public async Task A_member_who_was_erased_and_came_back_is_ranked_once_even_if_the_erasure_was_not_stored()
    {
        var index = new RankIndex();
        for (var i = 0; i < 5000; i++)
        {
            index.Apply($"user-{i}", 1, 1, 1);
        }
        var stored = new SortedDictionary<int, byte[]>();
        await Reopen(index, stored);
        var stale = stored[0];
        index.Remove("user-7");
        index.Apply("user-7", 9, 2, 1);
        await Reopen(index, stored);
        stored[0] = stale;
        var loaded = await RankIndex.Load(stored.Values.Select(json => (ReadOnlyMemory<byte>)json).ToAsyncEnumerable());
        loaded.Count.ShouldBe(5000);
        loaded.Find("user-7").Standing.ShouldBe(new Standing(1, 9));
    }

    [Fact]
    public void Ids_of_any_script_and_length_are_kept()
    {
        var index = new RankIndex();
        string[] ids = ["ą", new('x', 1000), "用户", "a"];
        foreach (var id in ids)
        {
            index.Apply(id, 1, 1, 1);
        }
        index.Page(0, 10).Items.Select(line => line.MemberId).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task Readers_and_a_writer_at_the_same_time_see_whole_rankings()
    {
        var index = new RankIndex();
        for (var i = 0; i < 1000; i++)
        {
            index.Apply($"user-{i}", i, 1, 1);
        }
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                var page = index.Page(reader * 100, 50, "user-5");
                page.Items.Count.ShouldBe(50);
                page.Items.Zip(page.Items.Skip(1)).ShouldAllBe(pair => pair.First.Score >= pair.Second.Score && pair.First.Rank <= pair.Second.Rank);
                page.Own.ShouldNotBeNull();
            }
        })).ToList();
        for (var sequence = 2L; sequence < 20_000; sequence++)
        {
            index.Apply($"user-{sequence % 1000}", 1, sequence, sequence);
        }
        await done.CancelAsync();
        await Task.WhenAll(readers);
    }
}
