using System.Net;
using System.Text;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Tests.Support;

/// <summary>Boring values, for tests to change the one that matters.</summary>
internal static class Some
{
    public static TouchRecord Touch { get; } = new()
    {
        Id = "01JD3X8C2M7YQ0ZC6V1S5N9KTE",
        Reference = "5N9KTE",
        Connection = "k3f9",
        Host = "web1",
        Service = "telnet",
        Protocol = "tcp",
        Source = new AlertSource(IPAddress.Parse("203.0.113.7"), 40112, Neighbourhood.Outside, Mapped: true),
        Target = new AlertTarget(IPAddress.Parse("198.51.100.20"), 23),
        At = new DateTimeOffset(2026, 11, 22, 23, 28, 47, 103, TimeSpan.Zero),
        Boot = "6f1c",
        Monotonic = 81234567890,
        PeerFrom = "getpeername",
        Action = "message",
        ProcessId = 4711,
    };

    public static EndRecord End { get; } = new()
    {
        Id = "01JD3X8C2M7YQ0ZC6V1S5N9KTE",
        Duration = TimeSpan.FromMilliseconds(412),
        Why = "peer-closed",
        BytesOut = 178,
        BytesIn = 6,
        First = new byte[] { 0xff, 0xfd, 0x03, 0xff, 0xfb, 0x18 },
    };

    /// <summary>The record of a line that is sound.</summary>
    public static AlertRecord Record(string line)
    {
        var record = AlertReader.Read(Encoding.UTF8.GetBytes(line));
        Assert.True(record is not null, $"a damaged record: {line}");
        return record;
    }

    /// <summary>An environment with exactly these variables.</summary>
    public static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
