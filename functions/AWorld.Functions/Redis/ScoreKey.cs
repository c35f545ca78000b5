using System.Globalization;

namespace AWorld.Functions.Redis;

/// <summary>
/// Members of a sorted set whose scores are all the same lie in the order of their bytes. So a member is the score,
/// higher ones first, when it was reached, earlier ones first, and the id: exact for every decimal, which a double is not.
/// </summary>
static class ScoreKey
{
    const char Positive = 'a', Negative = 'b', EndOfPositive = '~', EndOfNegative = '!';
    const int AtLength = 16;

    /// <summary>Sign, number of whole digits, digits, end. No key begins with another. What makes a number higher has lower characters.</summary>
    public static string Of(decimal score)
    {
        var text = Math.Abs(score).ToString("0.############################", CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = (point < 0 ? text : text[..point]).TrimStart('0');
        var digits = whole + (point < 0 ? "" : text[(point + 1)..]);
        var length = (char)('A' + whole.Length);
        return score < 0
            ? $"{Negative}{length}{digits}{EndOfNegative}"
            : string.Create(digits.Length + 3, (digits, length), static (key, number) =>
            {
                (key[0], key[1], key[^1]) = (Positive, Mirror(number.length), EndOfPositive);
                for (var i = 0; i < number.digits.Length; i++)
                {
                    key[i + 2] = Complement(number.digits[i]);
                }
            });
    }

    /// <param name="at">When the score was reached, Unix milliseconds.</param>
    public static string Member(decimal score, long at, string id) => $"{Of(score)}{(ulong)(at - long.MinValue):X16}{id}";

    public static (decimal Score, string Id) Read(string member)
    {
        var isPositive = member[0] == Positive;
        var end = member.IndexOf(isPositive ? EndOfPositive : EndOfNegative, StringComparison.Ordinal);
        var digits = member[2..end];
        var whole = (isPositive ? Mirror(member[1]) : member[1]) - 'A';
        if (isPositive)
        {
            digits = string.Concat(digits.Select(Complement));
        }
        var score = decimal.Parse($"0{digits[..whole]}.{digits[whole..]}0", CultureInfo.InvariantCulture);
        return (isPositive ? score : -score, member[(end + 1 + AtLength)..]);
    }

    static char Complement(char digit) => (char)('0' + '9' - digit);

    static char Mirror(char length) => (char)('A' + 'z' - length);
}
