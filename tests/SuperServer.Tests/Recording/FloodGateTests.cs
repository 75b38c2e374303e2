using SuperServer.Recording;

namespace SuperServer.Tests.Recording;

public sealed class FloodGateTests
{
    private static readonly TimeSpan _window = TimeSpan.FromSeconds(10);

    private readonly StoppedClock _clock = new();

    [Fact]
    public void The_first_lines_pass_and_the_rest_become_one_number()
    {
        var gate = new FloodGate(_clock, burst: 3, _window);

        var passed = Enumerable.Range(0, 10).Count(_ => gate.MaySpeak());
        _clock.Advance(_window);

        Assert.Equal(3, passed);
        Assert.Equal(7, gate.Settle());
        Assert.Equal(0, gate.Settle());
    }

    [Fact]
    public void Nothing_is_settled_before_its_window_is_over()
    {
        var gate = new FloodGate(_clock, burst: 1, _window);
        _ = gate.MaySpeak();
        _ = gate.MaySpeak();

        _clock.Advance(_window - TimeSpan.FromMilliseconds(1));

        Assert.Equal(0, gate.Settle());
        Assert.True(gate.IsSwallowing);
    }

    [Fact]
    public void After_a_quiet_window_lines_pass_again()
    {
        var gate = new FloodGate(_clock, burst: 1, _window);
        _ = gate.MaySpeak();

        _clock.Advance(_window);

        Assert.True(gate.MaySpeak());
        Assert.False(gate.MaySpeak());
    }

    [Fact]
    public void No_line_is_ever_lost_between_what_passed_and_what_was_counted()
    {
        var gate = new FloodGate(_clock, burst: 5, _window);
        var (passed, counted) = (0, 0);

        for (var line = 0; line < 1000; line++)
        {
            passed += gate.MaySpeak() ? 1 : 0;
            _clock.Advance(TimeSpan.FromMilliseconds(line % 7 * 100));
            counted += gate.Settle();
        }

        _clock.Advance(_window);
        Assert.Equal(1000, passed + counted + gate.Settle());
    }
}
