using System.Net;
using System.Text;
using CsCheck;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk.Alerts;

public sealed class AlertRecordTests
{
    private const string GoldenTouch =
        """{"v":1,"t":"touch","id":"01JD3X8C2M7YQ0ZC6V1S5N9KTE","ref":"5N9KTE","conn":"k3f9","host":"web1","svc":"telnet","proto":"tcp","""
        + """ "src":{"ip":"203.0.113.7","port":40112,"net":"outside","mapped":true},"dst":{"ip":"198.51.100.20","port":23},"""
        + """ "at":"2026-11-22T23:28:47.103Z","boot":"6f1c","mono":81234567890,"peer":"getpeername","act":"message","ign":false,"pid":4711,"c":"@"}""";

    private const string GoldenEnd =
        """{"v":1,"t":"end","id":"01JD3X8C2M7YQ0ZC6V1S5N9KTE","dur":412,"why":"peer-closed","out":178,"in":6,"first":"//0D//sY","c":"@"}""";

    [Fact]
    public void A_touch_is_written_as_the_specification_has_it() =>
        Assert.Equal(Golden(GoldenTouch, "b478caa9"), Encoding.ASCII.GetString(AlertWriter.Write(Some.Touch)));

    [Fact]
    public void An_end_is_written_as_the_specification_has_it() =>
        Assert.Equal(Golden(GoldenEnd, "79d7f16e"), Encoding.ASCII.GetString(AlertWriter.Write(Some.End)));

    [Fact]
    public void A_touch_is_read_as_it_was_written() => Assert.Equal(Some.Touch, Reread(Some.Touch));

    [Fact]
    public void A_touch_whose_source_anybody_may_have_written_says_so()
    {
        var touch = Some.Touch with { Protocol = "udp", Action = "silent", Spoofable = true };

        Assert.Contains(
            "\"proto\":\"udp\",\"spoofable\":true,", Encoding.ASCII.GetString(AlertWriter.Write(touch)), StringComparison.Ordinal);
        Assert.Equal(touch, Reread(touch));
    }

    [Fact]
    public void A_touch_of_nobody_we_know_is_read_as_it_was_written()
    {
        var touch = Some.Touch with
        {
            Connection = null,
            Source = new AlertSource(null, null, Neighbourhood.Outside, Mapped: false),
            Target = new AlertTarget(null, null),
            PeerFrom = "lost",
            Ignored = true,
        };

        Assert.Equal(touch, Reread(touch));
    }

    [Fact]
    public void A_link_local_address_keeps_its_scope()
    {
        var source = new AlertSource(IPAddress.Parse("fe80::1%7"), 1, Neighbourhood.Inside, Mapped: false);

        var line = Encoding.ASCII.GetString(AlertWriter.Write(Some.Touch with { Source = source }));

        Assert.Contains("""{"ip":"fe80::1","scope":7,"port":1,""", line, StringComparison.Ordinal);
        Assert.Equal(source, ((TouchRecord)Some.Record(line)).Source);
    }

    [Fact]
    public void An_end_is_read_as_it_was_written()
    {
        var end = Assert.IsType<EndRecord>(AlertReader.Read(AlertWriter.Write(Some.End)));

        Assert.Equal(Some.End with { First = default }, end with { First = default });
        Assert.Equal(Some.End.First.ToArray(), end.First.ToArray());
    }

    [Fact]
    public void Whatever_stands_in_a_record_it_is_one_short_line_of_plain_text() =>
        Gen.Select(Gen.String, Gen.String, Gen.String).Sample((host, service, connection) =>
        {
            var line = AlertWriter.Write(Some.Touch with
            {
                Host = string.Concat(Enumerable.Repeat(host + "\u2028\n", 200)),
                Service = service + new string('\u001b', 200),
                Connection = connection + new string('"', 200),
            });

            Assert.InRange(line.Length, 1, AlertRecord.MaxLength);
            Assert.DoesNotContain(line, value => value is < 0x20 or > 0x7e);
            Assert.IsType<TouchRecord>(AlertReader.Read(line));
        });

    [Fact]
    public void Of_a_clients_first_bytes_at_most_256_are_kept()
    {
        var end = Assert.IsType<EndRecord>(AlertReader.Read(AlertWriter.Write(Some.End with { First = new byte[300] })));

        Assert.Equal(256, end.First.Length);
    }

    [Fact]
    public void Any_altered_byte_is_noticed()
    {
        var line = AlertWriter.Write(Some.Touch);
        for (var i = 0; i < line.Length; i++)
        {
            var altered = (byte[])line.Clone();
            altered[i] ^= 1;
            Assert.Null(AlertReader.Read(altered));
        }
    }

    [Fact]
    public void Any_torn_record_is_noticed()
    {
        var line = AlertWriter.Write(Some.Touch);
        for (var length = 0; length < line.Length; length++)
        {
            Assert.Null(AlertReader.Read(line.AsMemory(0, length)));
        }
    }

    [Theory]
    [InlineData("[1")]
    [InlineData("""{"v":1,"t":"touch","id":"1" """)]
    [InlineData("""{"v":1,"t":"end","id":null""")]
    [InlineData("""{"v":"1","t":"end","id":"1" """)]
    [InlineData("""{"v":1,"t":"end","id":"1","dur":1,"why":"x","out":1,"in":1,"first":"!!!" """)]
    [InlineData("""{"v":1,"t":"end","id":"1","dur":1e300,"why":"x","out":1,"in":1,"first":"" """)]
    [InlineData("""{"v":1,"t":5,"id":"1" """)]
    public void What_is_sealed_but_not_a_record_is_damaged(string body) => Assert.Null(AlertReader.Read(Sealed(body)));

    [Theory]
    [InlineData("src", """{"ip":"203.0.113.7 ","port":1,"net":"outside","mapped":true}""")]
    [InlineData("src", """{"ip":"nobody","port":1,"net":"outside","mapped":true}""")]
    [InlineData("src", """{"ip":"203.0.113.7","port":65536,"net":"outside","mapped":true}""")]
    [InlineData("src", """{"ip":"203.0.113.7","port":-1,"net":"outside","mapped":true}""")]
    [InlineData("src", "[]")]
    [InlineData("at", "\"yesterday\"")]
    public void A_touch_with_a_value_that_cannot_be_is_damaged(string name, string value)
    {
        var line = Encoding.ASCII.GetString(AlertWriter.Write(Some.Touch));
        var body = System.Text.RegularExpressions.Regex.Replace(
            line[..^16], $$"""(?<="{{name}}":)(\{[^}]*\}|"[^"]*")""", value.Replace("$", "$$", StringComparison.Ordinal));

        Assert.NotEqual(line[..^16], body);
        Assert.Null(AlertReader.Read(Sealed(body)));
    }

    [Theory]
    [InlineData("""{"v":1,"t":"novel","id":"7","n":9120""")]
    [InlineData("""{"v":2,"t":"novel","id":"7","anything":[]""")]
    public void A_sound_record_of_a_later_version_is_not_called_damaged(string body)
    {
        var record = Assert.IsType<UnfamiliarRecord>(AlertReader.Read(Sealed(body)));

        Assert.Equal(("7", "novel"), (record.Id, record.Kind));
    }

    [Fact]
    public void A_member_that_a_later_version_adds_does_no_harm()
    {
        var line = Encoding.ASCII.GetString(AlertWriter.Write(Some.Touch));

        Assert.Equal(Some.Touch, AlertReader.Read(Sealed(line[..^16] + ",\"new\":{\"x\":1}")));
    }

    private static AlertRecord? Reread(TouchRecord touch) => AlertReader.Read(AlertWriter.Write(touch));

    private static byte[] Sealed(string body) =>
        Encoding.UTF8.GetBytes($"{body},\"c\":\"{Crc32C.Of(Encoding.UTF8.GetBytes(body)):x8}\"}}");

    // The constants above are broken into lines; JSON on one line has no spaces between members.
    private static string Golden(string text, string crc) =>
        text.Replace(", \"", ",\"", StringComparison.Ordinal).Replace("@", crc, StringComparison.Ordinal);
}
