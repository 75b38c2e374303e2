using SuperServer.Handlers.BuiltIn.Notelnet;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

public sealed class ListeningSocketsTests
{
    private const int Self = 4711;

    [Fact]
    public void Without_a_word_about_others_it_is_the_one_on_0() => Assert.Equal([0], ListeningSockets.Find(Some.Environment(), Self));

    [Fact]
    public void All_that_were_handed_over_are_served() =>
        Assert.Equal([3, 4, 5], ListeningSockets.Find(Some.Environment(("LISTEN_PID", "4711"), ("LISTEN_FDS", "3")), Self));

    [Theory]
    [InlineData("4712", "3")]       // inherited, and meant for somebody else
    [InlineData("4711", "0")]
    [InlineData("4711", "-1")]
    [InlineData("4711", "1000000")]
    [InlineData("4711", "three")]
    public void What_is_not_for_us_or_no_number_is_not_believed(string pid, string count) =>
        Assert.Equal([0], ListeningSockets.Find(Some.Environment(("LISTEN_PID", pid), ("LISTEN_FDS", count)), Self));
}
