using SuperServer.Admitting;

namespace SuperServer.Tests.Admitting;

public sealed class CallersTests
{
    private static readonly Source _one = Source.User(1);
    private static readonly Source _other = Source.User(2);

    private readonly Callers _callers = new();

    [Fact]
    public void Whoever_has_left_is_there_no_more()
    {
        _callers.Enter(7, _one, Seconds(1));

        Assert.True(_callers.Leave(7));
        Assert.False(_callers.Leave(7));
        Assert.Equal((0, null, null), (_callers.Count, _callers.Oldest, _callers.Choose(Seconds(100))));
    }

    [Fact]
    public void Of_the_source_that_is_there_most_often_goes_who_came_first()
    {
        _callers.Enter(1, _other, Seconds(1));
        _callers.Enter(2, _one, Seconds(2));
        _callers.Enter(3, _one, Seconds(3));

        Assert.Equal(2, _callers.Choose(Seconds(3)));
    }

    [Fact]
    public void Of_two_that_are_there_as_often_goes_who_came_first()
    {
        _callers.Enter(1, _one, Seconds(2));
        _callers.Enter(2, _other, Seconds(1));

        Assert.Equal(2, _callers.Choose(Seconds(3)));
    }

    [Fact]
    public void Whoever_has_just_come_need_not_go_however_many_are_of_his_source()
    {
        _callers.Enter(1, _other, Seconds(1));
        _callers.Enter(2, _one, Seconds(2));
        _callers.Enter(3, _one, Seconds(3));

        Assert.Equal(1, _callers.Choose(Seconds(1)));
        Assert.Null(_callers.Choose(Seconds(0.9)));
    }

    [Fact]
    public void One_who_comes_once_outlives_any_number_of_another()
    {
        _callers.Enter(0, _other, Seconds(0));
        for (var number = 1; number <= 5_000; number++)
        {
            if (_callers.Count >= 1_000)
            {
                var oldest = _callers.Choose(Seconds(number))!.Value;
                Assert.NotEqual(0, oldest);
                _callers.Leave(oldest);
            }

            _callers.Enter(number, _one, Seconds(number));
        }

        Assert.Equal((1_000, Seconds(0)), (_callers.Count, _callers.Oldest));
    }

    [Fact]
    public void The_oldest_is_looked_for_in_all_sources()
    {
        _callers.Enter(1, _one, Seconds(1));
        _callers.Enter(2, _other, Seconds(2));
        _callers.Leave(1);
        _callers.Enter(3, _one, Seconds(3));

        Assert.Equal(Seconds(2), _callers.Oldest);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
