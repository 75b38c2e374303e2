using System.Text.Json;
using CsCheck;
using SuperServer.Control;

namespace SuperServer.Tests.Control;

/// <summary>The language of the control socket.</summary>
public sealed class MessagesTests
{
    private static readonly ServiceReport _report = new()
    {
        Name = "echo",
        State = "backing-off",
        Why = "it \"broke\"\n",
        Seconds = 1.5,
        Mode = "nowait",
        Endpoints = ["tcp:127.0.0.1:7", "unix:/run/é"],
        Connections = 3,
        MaxConnections = 256,
        Children = [new ChildReport { Connection = "k3f9-7", Pid = 4711, Peer = "192.0.2.7:40112", Age = 0.25 }],
        Served = long.MaxValue,
        Refused = 12,
    };

    [Fact]
    public void An_answer_comes_back_as_it_was_sent()
    {
        var answer = new Answer
        {
            Error = "no",
            Services = [_report],
            Bars = [new BarReport { Source = "2001:db8::/64", Until = DateTimeOffset.UnixEpoch, Strikes = 3, By = "ssh" }],
            Lifted = 2,
        };

        var json = JsonSerializer.Serialize(answer, ControlJson.Default.Answer);
        var read = JsonSerializer.Deserialize(json, ControlJson.Default.Answer);

        Assert.Equivalent(answer, read, strict: true);
        Assert.DoesNotContain('\n', json);
    }

    [Fact]
    public void A_request_comes_back_as_it_was_sent() =>
        Gen.Select(Gen.String, Gen.String.Null()).Sample((verb, subject) =>
        {
            var request = new Request { Verb = verb, Subject = subject };
            var json = JsonSerializer.Serialize(request, ControlJson.Default.Request);

            Assert.DoesNotContain('\n', json);
            if (IsWellFormed(verb) && IsWellFormed(subject ?? ""))
            {
                Assert.Equal(request, ControlJson.TryRead(json));
            }
        });

    [Fact]
    public void Names_are_in_snake_case_and_what_is_not_known_is_not_said() =>
        Assert.Equal(
            """{"version":1,"services":[{"name":"echo","state":"online","mode":"wait","endpoints":[],"connections":0,"visiting":0,"max_connections":1,"children":[],"served":0,"refused":0}]}""",
            JsonSerializer.Serialize(
                new Answer
                {
                    Services =
                    [
                        _report with
                        {
                            State = "online", Why = null, Seconds = null, Mode = "wait", Endpoints = [], Connections = 0, MaxConnections = 1,
                            Children = [], Served = 0, Refused = 0,
                        },
                    ],
                },
                ControlJson.Default.Answer));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("status")]
    [InlineData("{\"verb\":7}")]
    [InlineData("{\"subject\":\"echo\"}")]
    [InlineData("{\"verb\":\"status\"")]
    [InlineData("{\"verb\":\"status\"}{\"verb\":\"status\"}")]
    [InlineData("{\"version\":\"one\",\"verb\":\"status\"}")]
    [InlineData("{\"version\":99999999999,\"verb\":\"status\"}")]
    public void A_line_that_is_no_request_is_none(string line) => Assert.Null(ControlJson.TryRead(line));

    [Fact]
    public void No_line_whatever_is_too_much_for_it() => Gen.String.Sample(line =>
    {
        _ = ControlJson.TryRead(line);
        _ = ControlJson.TryRead($$"""{"verb":"status","subject":{{line}}}""");
    });

    [Fact]
    public void What_a_later_version_says_besides_is_passed_over() =>
        Assert.Equal("status", ControlJson.TryRead("""{"version":2,"verb":"status","colour":"blue"}""")?.Verb);

    // Half a surrogate pair is no text, and JSON cannot carry it.
    private static bool IsWellFormed(string text) => !text.Any(char.IsSurrogate);
}
