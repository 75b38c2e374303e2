using System.Text;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class NameQuestionsTests
{
    private static readonly InternetAddress _address = InternetAddress.FromV4(0xc0000207);
    private static readonly AccessRules _rules = SomeMachine.Root.ReadService(
        "[service.telnet]\nexec = [\"/bin/cat\"]\nallow = [\"10.0.0.0/8\", \"A.example.org.\", \".example.net\"]\ndeny = \"b.example.org\"").Access;

    private readonly NameQuestions<string> _questions = new();
    private readonly byte[] _message = new byte[NameQuestions<string>.LongestQuestion];

    [Fact]
    public void A_question_names_the_address_and_all_names_of_the_rules() =>
        Assert.Equal("1 192.0.2.7 a.example.org .example.net b.example.org", Ask("client", TimeSpan.Zero));

    [Fact]
    public void An_answer_brings_back_who_waited_and_which_names_count()
    {
        _ = Ask("one", TimeSpan.Zero);
        _ = Ask("two", TimeSpan.Zero);

        Assert.True(_questions.TryRead("2 0,2"u8, out var client));
        Assert.Equal("two", client!.Who);
        Assert.Same(_rules, client.Rules);
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(client.Answer.Confirms));
        Assert.True(_questions.TryRead("1 -"u8, out client));
        Assert.True(client!.Answer.IsKnown);
        Assert.DoesNotContain(true, Enumerable.Range(0, 3).Select(client.Answer.Confirms));
        Assert.Equal((0, null), (_questions.Count, _questions.NextDeadline));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("1  0")]
    [InlineData(" 1 0")]
    [InlineData("+1 0")]
    [InlineData("-1 0")]
    [InlineData("0 -")]
    [InlineData("2 -")]
    [InlineData("1 --")]
    [InlineData("1 3")]
    [InlineData("1 -1")]
    [InlineData("1 +1")]
    [InlineData("1 0,")]
    [InlineData("1 ,0")]
    [InlineData("1 1,0")]
    [InlineData("1 0,0")]
    [InlineData("1 0 1")]
    [InlineData("1 0\n")]
    [InlineData("1 evil.example.org")]
    [InlineData("1 99999999999999999999")]
    [InlineData("99999999999999999999 -")]
    public void What_is_no_answer_is_refused_whole_and_the_question_stays(string message)
    {
        _ = Ask("client", TimeSpan.Zero);

        Assert.False(_questions.TryRead(Encoding.UTF8.GetBytes(message), out var client));
        Assert.Null(client);
        Assert.Equal(1, _questions.Count);
    }

    [Fact]
    public void Whoever_waited_long_enough_has_no_name_and_a_late_answer_is_nobodys()
    {
        _ = Ask("one", TimeSpan.FromSeconds(0));
        _ = Ask("two", TimeSpan.FromSeconds(1));
        _ = Ask("three", TimeSpan.FromSeconds(2));
        Assert.True(_questions.TryRead("1 0"u8, out _));
        Assert.Equal(TimeSpan.FromSeconds(7), _questions.NextDeadline);

        Assert.False(_questions.TryExpire(TimeSpan.FromSeconds(6.9), out _));
        Assert.True(_questions.TryExpire(TimeSpan.FromSeconds(7), out var late));
        Assert.Equal("two", late.Who);
        Assert.True(late.Answer.IsKnown);
        Assert.False(_questions.TryExpire(TimeSpan.FromSeconds(7), out _));

        Assert.True(_questions.TryRead("2 0"u8, out var nobody));
        Assert.Null(nobody);
        Assert.Equal("three", Assert.Single(_questions.GiveUpAll()).Who);
        Assert.Equal(0, _questions.Count);
    }

    [Fact]
    public void A_question_that_was_not_sent_is_forgotten()
    {
        _ = Ask("one", TimeSpan.Zero);
        _questions.Withdraw();

        Assert.Equal((0, null), (_questions.Count, _questions.NextDeadline));
        Assert.Empty(_questions.GiveUpAll());
        Assert.StartsWith("2 ", Ask("two", TimeSpan.Zero), StringComparison.Ordinal);
    }

    [Fact]
    public void No_more_clients_wait_than_there_is_room_for()
    {
        for (var count = 0; count < NameQuestions<string>.Most; count++)
        {
            Assert.NotEqual("", Ask("client", TimeSpan.Zero));
        }

        Assert.Equal("", Ask("client", TimeSpan.Zero));
        Assert.Equal(NameQuestions<string>.Most, _questions.Count);
    }

    private string Ask(string who, TimeSpan now) =>
        Encoding.ASCII.GetString(_message, 0, _questions.Ask(_address, _rules, who, now, _message));
}
