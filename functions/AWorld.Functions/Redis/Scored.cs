using System.Collections.Immutable;
using System.Globalization;
using AWorld.Platform.Ranks;

namespace AWorld.Functions.Redis;

/// <summary>
/// A member of a board: what the journal gave up to an entry, and the entries after it that were heard of. Nodes tell
/// of entries in any order and again; all orders come to the same.
/// </summary>
/// <param name="Base">Null: nothing yet.</param>
/// <param name="At">When it was reached.</param>
/// <param name="Sequence">Of the last entry in it; -1: none.</param>
/// <param name="Heard">By sequence.</param>
sealed record Scored(decimal? Base, long At, long Sequence, ImmutableArray<RankEntry> Heard)
{
    public static readonly Scored Nothing = new(null, 0, -1, []);

    public Scored Hear(RankEntry entry) =>
        entry.Sequence <= Sequence || Heard.Any(other => other.Sequence == entry.Sequence)
            ? this
            : this with { Heard = [.. Heard.Where(other => other.Sequence < entry.Sequence), entry, .. Heard.Where(other => other.Sequence > entry.Sequence)] };

    /// <summary>Every entry before this one was told of.</summary>
    public Scored Journal(RankEntry entry) => entry.Sequence <= Sequence ? this : Rebase(Fold(Heard.Where(other => other.Sequence < entry.Sequence).Append(entry)), entry.Sequence);

    /// <param name="state">The whole score up to the entry.</param>
    public Scored Fill(RankEntry state) => state.Sequence <= Sequence ? this : Rebase((state.Amount, state.At), state.Sequence);

    /// <summary>The score, and when it was reached.</summary>
    public (decimal Score, long At) Total => Fold(Heard);

    /// <summary>The member of the sorted set; "" when it is not in it.</summary>
    public string Member(string id, bool ranksZero) => Total is var (score, at) && (ranksZero || score != 0) ? ScoreKey.Member(score, at, id) : "";

    /// <summary>Begins with what scripts read: the key of its score ("-": not ranked), and the score.</summary>
    public string Text(bool ranksZero)
    {
        var score = Total.Score;
        var heard = string.Join(';', Heard.Select(static entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Sequence}:{entry.Amount}:{entry.At}")));
        return string.Create(CultureInfo.InvariantCulture, $"{(ranksZero || score != 0 ? ScoreKey.Of(score) : "-")} {score} {(Base is { } given ? $"{given}" : "-")} {At} {Sequence} {heard}");
    }

    public static Scored Read(string id, string text)
    {
        if (text.Length == 0)
        {
            return Nothing;
        }
        var parts = text.Split(' ');
        return new(
            parts[2] == "-" ? null : decimal.Parse(parts[2], CultureInfo.InvariantCulture), Number(parts[3]), Number(parts[4]),
            [.. parts[5].Split(';', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(':')).Select(entry => new RankEntry(id, decimal.Parse(entry[1], CultureInfo.InvariantCulture), Number(entry[2]), Number(entry[0])))]);
    }

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    Scored Rebase((decimal Score, long At) total, long sequence) => new(total.Score, total.At, sequence, [.. Heard.Where(other => other.Sequence > sequence)]);

    (decimal Score, long At) Fold(IEnumerable<RankEntry> entries)
    {
        var (score, at) = (Base, At);
        foreach (var entry in entries)
        {
            if (score is null || entry.Amount != 0)
            {
                (score, at) = ((score ?? 0) + entry.Amount, entry.At);
            }
        }
        return (score ?? 0, at);
    }
}
