using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Tests.Game;

public class JournalIdsTests
{
    static readonly Tenant Tenant = new("account001", "workspace1");

    [Fact]
    public void An_id_names_its_entry()
    {
        foreach (var seq in new[] { 1L, 63, 64, 4096, 123_456_789, (1L << 48) - 1 })
        {
            var id = JournalIds.Make(Tenant, "u1", seq, "activity");
            id.Length.ShouldBe(Ids.Length);
            Ids.IsClientId(id).ShouldBeTrue();
            JournalIds.TrySequence(id, out var found).ShouldBeTrue();
            found.ShouldBe(seq);
        }
    }

    [Fact]
    public void Ids_sort_as_their_entries_do()
    {
        var ids = Enumerable.Range(1, 300).Select(seq => JournalIds.Make(Tenant, "u1", seq, "activity")).ToList();
        ids.OrderBy(id => id, StringComparer.Ordinal).ShouldBe(ids);
    }

    [Fact]
    public void Ids_differ_by_user_kind_and_place_and_are_the_same_each_time()
    {
        string[] ids = [
            JournalIds.Make(Tenant, "u1", 1, "activity"), JournalIds.Make(Tenant, "u2", 1, "activity"), JournalIds.Make(Tenant, "u1", 1, "mission"),
            JournalIds.Make(Tenant, "u1", 1, "activity", 1), JournalIds.Make(new("account001", "workspace2"), "u1", 1, "activity")];
        ids.ShouldBeUnique();
        JournalIds.Make(Tenant, "u1", 1, "activity").ShouldBe(ids[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("order-17")]
    [InlineData("--------abcdefghijklm")]
    [InlineData("........abcdefghijklm")]
    public void What_names_no_entry_is_told_apart(string id) => JournalIds.TrySequence(id, out _).ShouldBeFalse();
}
