using System.Text;
using SuperServer.Handlers.BuiltIn;

namespace SuperServer.Handlers.Tests.BuiltIn;

public sealed class FormatTests
{
    [Theory]
    [InlineData(1795390127, "Sun Nov 22 23:28:47 2026")]
    [InlineData(1793577600, "Mon Nov  2 00:00:00 2026")]
    public void Daytime_is_as_ctime_has_it(long unixSeconds, string utc)
    {
        var local = DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToLocalTime().DateTime;
        var zoneIsUtc = TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.Zero;

        var text = Encoding.ASCII.GetString(Daytime.Text(unixSeconds));

        Assert.Equal(26, text.Length);
        Assert.Equal($"{local:ddd MMM} {local.Day,2} {local:HH:mm:ss yyyy}\r\n", text);
        Assert.True(!zoneIsUtc || text == utc + "\r\n");
    }

    /// <summary>The examples of RFC 868, and the day on which 32 bits come round.</summary>
    [Theory]
    [InlineData(0L, "83AA7E80")]
    [InlineData(-2_208_988_799L, "00000001")]
    [InlineData(2_398_291_200L - 2_208_988_800, "8EF30500")]
    [InlineData(2_629_584_000L - 2_208_988_800, "9CBC4480")]
    [InlineData(1_795_390_127L, "EEADF92F")]
    [InlineData(2_085_978_495L, "FFFFFFFF")]
    [InlineData(2_085_978_496L, "00000000")]
    public void Time_is_four_bytes_of_seconds_since_1900(long unixSeconds, string bytes) =>
        Assert.Equal(bytes, Convert.ToHexString(Time.Bytes(unixSeconds)));

    [Fact]
    public void Chargen_answers_a_datagram_with_the_next_line_but_never_with_more_than_it_got()
    {
        var chargen = new Chargen();
        var answer = new byte[100];

        Assert.Equal(74, chargen.Answer(new byte[74], answer));
        Assert.Equal(Line(0), Encoding.ASCII.GetString(answer, 0, 74));
        Assert.Equal(74, chargen.Answer(new byte[1000], answer));
        Assert.Equal(Line(1), Encoding.ASCII.GetString(answer, 0, 74));
        Assert.Equal(5, chargen.Answer(new byte[5], answer));
        Assert.Equal(0, chargen.Answer([], answer));
    }

    [Fact]
    public void Chargens_lines_come_round_after_all_95_characters()
    {
        var chargen = new Chargen();
        var answer = new byte[74];
        for (var line = 0; line < 200; line++)
        {
            _ = chargen.Answer(new byte[74], answer);
            Assert.Equal(Line(line), Encoding.ASCII.GetString(answer));
        }
    }

    [Fact]
    public void Discard_never_answers() => Assert.Equal(SimpleService.NoAnswer, new Discard().Answer(new byte[9], new byte[9]));

    /// <summary>Line n of RFC 864, worked out the slow way.</summary>
    internal static string Line(int number) =>
        string.Concat(Enumerable.Range(0, 72).Select(column => (char)(' ' + ((number + column) % 95)))) + "\r\n";
}
