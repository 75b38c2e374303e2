using CsCheck;
using SuperServer.Admitting;

namespace SuperServer.Tests.Admitting;

public sealed class CrowdTests
{
    [Fact]
    public void It_counts_what_a_list_of_the_living_counts() =>
        Gen.Select(Gen.Bool, Gen.UInt[0, 5], Gen.Int[0, 100]).Array[0, 200].Sample(steps =>
        {
            var (crowd, living) = (new Crowd(), new List<Source>());
            foreach (var (enters, uid, chosen) in steps)
            {
                if (enters || living.Count == 0)
                {
                    living.Add(Source.User(uid));
                    crowd.Enter(Source.User(uid));
                }
                else
                {
                    crowd.Leave(living[chosen % living.Count]);
                    living.RemoveAt(chosen % living.Count);
                }
            }

            return crowd.Count == living.Count
                && Enumerable.Range(0, 6).All(uid =>
                    crowd.Of(Source.User((uint)uid)) == living.Count(source => source == Source.User((uint)uid)));
        });

    [Fact]
    public void Who_came_by_another_prefix_leaves_by_that_one()
    {
        var crowd = new Crowd();
        var (narrow, wide) = (Source.Network(0xc0000200, Source.Kind.V4, 32), Source.Network(0xc0000200, Source.Kind.V4, 24));
        crowd.Enter(narrow);
        crowd.Enter(wide);

        crowd.Leave(narrow);

        Assert.Equal((1, 0, 1), (crowd.Count, crowd.Of(narrow), crowd.Of(wide)));
    }

    [Fact]
    public void Who_is_not_inside_cannot_leave() =>
        Assert.Throws<InvalidOperationException>(() => new Crowd().Leave(Source.User(1)));
}
