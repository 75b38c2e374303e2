using System.Net;
using System.Text;
using SuperServer.Handlers.BuiltIn.Resolve;

namespace SuperServer.Handlers.Tests.BuiltIn.Resolve;

public sealed class QuestionTests
{
    [Theory]
    [InlineData("host.example.org", "7 0,2")]
    [InlineData("other.example.org", "7 2")]
    [InlineData("HOST.example.ORG", "7 0,2")]
    [InlineData("host.example.com", "7 -")]
    [InlineData("example.org", "7 -")]
    [InlineData("evilexample.org", "7 -")]
    [InlineData("host.example.org.evil.example", "7 -")]
    [InlineData(null, "7 -")]
    public void Only_the_positions_of_names_go_back(string? confirmed, string answer) =>
        Assert.Equal(answer, Answer("7 192.0.2.7 host.example.org www.example.net .example.org", confirmed));

    [Theory]
    [InlineData("2001:db8::1")]
    [InlineData("fe80::1%3")]
    public void An_address_may_be_of_any_family(string address) =>
        Assert.Equal(IPAddress.Parse(address), Question.Parse(Encoding.ASCII.GetBytes($"1 {address} a.example"))!.Address);

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7 192.0.2.7")]
    [InlineData("7 192.0.2.7 ")]
    [InlineData("7 192.0.2.7 a.example  b.example")]
    [InlineData("-7 192.0.2.7 a.example")]
    [InlineData("seven 192.0.2.7 a.example")]
    [InlineData("7 host.example.org a.example")]
    [InlineData(" 7 192.0.2.7 a.example")]
    public void Nothing_else_is_a_question(string message) => Assert.Null(Question.Parse(Encoding.ASCII.GetBytes(message)));

    private static string Answer(string question, string? confirmed) =>
        Encoding.ASCII.GetString(Question.Parse(Encoding.ASCII.GetBytes(question))!.Answer(confirmed));
}
