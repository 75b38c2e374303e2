using CsCheck;
using SuperServer.Admitting;

namespace SuperServer.Tests.Admitting;

/// <summary>The table with a heap, held to a list that is searched from end to end.</summary>
public sealed class SourceTableTests
{
    private const int Most = 12;

    [Fact]
    public void It_remembers_what_a_list_remembers_that_loses_its_smallest() =>
        Gen.Select(Gen.Int[0, 3], Gen.UInt[0, 30], Gen.Int).Array[0, 300].Sample(steps =>
        {
            var table = new SourceTable<int>(Most);
            var list = new Dictionary<Source, int>();
            foreach (var (step, uid, value) in steps.DistinctBy(step => step.Item3))
            {
                var source = Source.User(uid);
                if (step == 0)
                {
                    if (table.Remove(source) != list.Remove(source))
                    {
                        return false;
                    }
                }
                else
                {
                    if (!list.ContainsKey(source) && list.Count == Most)
                    {
                        list.Remove(list.MinBy(entry => entry.Value).Key);
                    }

                    list[source] = value;
                    table.Set(source, value);
                }

                if (!IsSame(table, list))
                {
                    return false;
                }
            }

            return true;
        });

    [Fact]
    public void After_all_is_cleared_it_is_as_new()
    {
        var table = new SourceTable<int>(2);
        table.Set(Source.User(1), 7);

        table.Clear();
        table.Set(Source.User(2), 9);

        Assert.Equal((1, 9, Source.User(2)), (table.Count, table.Least, table.LeastSource));
        Assert.Null(table.Find(Source.User(1)));
    }

    private static bool IsSame(SourceTable<int> table, Dictionary<Source, int> list) =>
        table.Count == list.Count
        && table.IsFull == (list.Count == Most)
        && list.All(entry => table.Find(entry.Key) == entry.Value)
        && table.All().All(entry => list[entry.Source] == entry.Value)
        && (list.Count == 0 || (table.Least == list.Values.Min() && list[table.LeastSource] == table.Least));
}
