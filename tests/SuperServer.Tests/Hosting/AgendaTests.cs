using CsCheck;
using SuperServer.Hosting;

namespace SuperServer.Tests.Hosting;

public sealed class AgendaTests
{
    private readonly Agenda _agenda = new();

    [Fact]
    public void Errands_come_in_the_order_of_their_times_whatever_the_order_they_were_set_in()
    {
        _agenda.Set(Errand.Kill, 1, Second(3));
        _agenda.Set(Errand.Wake, 2, Second(1));
        _agenda.Set(Errand.Idle, 3, Second(2));

        Assert.Equal([(Errand.Wake, 2), (Errand.Idle, 3), (Errand.Kill, 1)], TakeAll(Second(3)));
    }

    [Fact]
    public void An_errand_is_due_at_its_time_and_not_before()
    {
        _agenda.Set(Errand.Wake, 1, Second(5));

        Assert.False(_agenda.TryTake(Second(5) - TimeSpan.FromTicks(1), out _, out _));
        Assert.True(_agenda.TryTake(Second(5), out _, out _));
        Assert.Null(_agenda.Next);
    }

    [Fact]
    public void Setting_an_errand_again_moves_it()
    {
        _agenda.Set(Errand.Wake, 1, Second(1));
        _agenda.Set(Errand.Wake, 1, Second(9));

        Assert.Equal((1, Second(9), Second(9)), (_agenda.Count, _agenda.Next, _agenda.When(Errand.Wake, 1)));
    }

    [Fact]
    public void One_kind_of_errand_knows_nothing_of_another_with_the_same_number()
    {
        _agenda.Set(Errand.Wake, 1, Second(1));
        _agenda.Set(Errand.Kill, 1, Second(2));

        _agenda.Cancel(Errand.Wake, 1);
        _agenda.Cancel(Errand.Idle, 1);

        Assert.Equal([(Errand.Kill, 1)], TakeAll(Second(9)));
    }

    [Fact]
    public void It_is_the_same_as_a_plain_list_that_is_searched_each_time() =>
        Gen.Select(Gen.Int[0, 3], Gen.Enum<Errand>(), Gen.Long[-2, 2], Gen.Int[0, 9]).Array[0, 60].Sample(steps =>
        {
            var agenda = new Agenda();
            var list = new List<(TimeSpan Time, Errand Errand, long Number)>();
            foreach (var (what, errand, number, time) in steps)
            {
                if (what is 0 or 1)
                {
                    agenda.Set(errand, number, Second(time));
                    list.RemoveAll(entry => (entry.Errand, entry.Number) == (errand, number));
                    list.Add((Second(time), errand, number));
                }
                else if (what == 2)
                {
                    agenda.Cancel(errand, number);
                    list.RemoveAll(entry => (entry.Errand, entry.Number) == (errand, number));
                }
                else
                {
                    TakeFromBoth(agenda, list, Second(time));
                }

                Assert.Equal(list.Count == 0 ? null : list.Min().Time, agenda.Next);
                Assert.Equal(list.Count, agenda.Count);
            }
        });

    private static void TakeFromBoth(Agenda agenda, List<(TimeSpan Time, Errand Errand, long Number)> list, TimeSpan now)
    {
        var due = list.Where(entry => entry.Time <= now).Order().ToArray();
        Assert.Equal(due.Length > 0, agenda.TryTake(now, out var errand, out var number));
        if (due.Length > 0)
        {
            Assert.Equal((due[0].Errand, due[0].Number), (errand, number));
            list.Remove(due[0]);
        }
    }

    private static TimeSpan Second(double number) => TimeSpan.FromSeconds(number);

    private List<(Errand Errand, long Number)> TakeAll(TimeSpan now)
    {
        var taken = new List<(Errand, long)>();
        while (_agenda.TryTake(now, out var errand, out var number))
        {
            taken.Add((errand, number));
        }

        return taken;
    }
}
