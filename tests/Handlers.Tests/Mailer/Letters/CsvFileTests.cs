using System.Text;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Letters;

public sealed class CsvFileTests
{
    private const string Head = "number,time,address,port,service,protocol,local_port,action,reference,first_bytes\r\n";

    [Fact]
    public void An_event_is_a_line_of_ten_cells() => Assert.Equal(
        Head + "7,2026-11-22T23:28:47.103Z,203.0.113.7,40112,telnet,tcp,23,message,7KQ2M4,SSH-2.0-Go\\r\\n\r\n",
        Written(Row(7) with { Bytes = [.. "SSH-2.0-Go\r\n"u8] }));

    [Fact]
    public void What_is_not_known_is_empty() => Assert.Equal(
        Head + "7,2026-11-22T23:28:47.103Z,,,telnet,tcp,,message,7KQ2M4,\r\n",
        Written(Row(7) with { Source = null, SourcePort = null, Port = null }));

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "\\x09x")]
    [InlineData("\r=1", "\\r=1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"")]
    public void A_cell_is_neither_a_formula_nor_two_cells(string sent, string cell) => Assert.EndsWith(
        $",7KQ2M4,{cell}\r\n", Written(Row(7) with { Bytes = Encoding.Latin1.GetBytes(sent) }), StringComparison.Ordinal);

    [Fact]
    public void It_ends_before_it_is_larger_than_a_mebibyte()
    {
        var file = CsvFile.Of(Enumerable.Range(1, 100_000).Select(Row));

        Assert.InRange(file.Bytes.Length, CsvFile.MostBytes - 200, CsvFile.MostBytes);
        Assert.Equal(file.Rows + 1, file.Bytes.Count(value => value == '\n'));
    }

    internal static AlertRow Row(int number) => new()
    {
        Sequence = number,
        At = SomeLetter.At,
        Source = SomeLetter.Scanner,
        SourcePort = 40112,
        Service = "telnet",
        Protocol = "tcp",
        Port = 23,
        Action = "message",
        Reference = "7KQ2M4",
        Bytes = [],
    };

    private static string Written(AlertRow row) => Encoding.UTF8.GetString(CsvFile.Of([row]).Bytes);
}
