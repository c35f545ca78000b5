using System.Text;
using AWorld.Functions.Cosmos;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Functions.Tests.Cosmos;

public sealed class CosmosIdTests
{
    static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Choose(0, 127).Select(c => ((char)c).ToString()), Gen.Elements("é", "\uFFFD", "🚲", "!", "!0", "~", "~1", ".", "./")).ListOf().Select(string.Concat);

    static int Compare(string left, string right) => Math.Sign(Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

    [Fact]
    public void Any_id_comes_back_from_one_that_Cosmos_allows() =>
        Prop.ForAll(Ids.ToArbitrary(), id =>
        {
            var encoded = CosmosIds.Encode(id);
            CosmosIds.Decode(encoded).ShouldBe(id);
            encoded.AsSpan().IndexOfAny("/\\?#").ShouldBe(-1);
            encoded.Any(char.IsControl).ShouldBeFalse();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Encoded_ids_have_the_order_of_the_ids() =>
        Prop.ForAll(Gen.Zip(Ids, Ids).ToArbitrary(), pair => Compare(CosmosIds.Encode(pair.Item1), CosmosIds.Encode(pair.Item2)).ShouldBe(Compare(pair.Item1, pair.Item2))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("journal:000000000012")]
    [InlineData("action:order-7@shop_1")]
    public void The_ids_that_the_product_makes_stay_as_they_are(string id) => CosmosIds.Encode(id).ShouldBe(id);
}
