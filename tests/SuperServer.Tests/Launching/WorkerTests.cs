using System.Globalization;
using System.Text;
using CsCheck;
using SuperServer.Launching;

namespace SuperServer.Tests.Launching;

/// <summary>What a worker says to the daemon, which believes nothing.</summary>
public sealed class WorkerTests
{
    [Fact]
    public void The_connection_that_is_done_is_named_by_its_id_with_an_exit_code_or_without() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Byte, Gen.Bool).Sample((number, code, endsTheLine) =>
        {
            var id = new ConnectionId(number);
            var end = endsTheLine ? "\n" : "";

            Assert.Equal((id, (int)code), Worker.Parse(Bytes($"done {id} {code.ToString(CultureInfo.InvariantCulture)}{end}")));
            Assert.Equal((id, 0), Worker.Parse(Bytes($"done {id}{end}")));
        });

    [Fact]
    public void No_message_whatever_is_too_much_for_it() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            _ = Worker.Parse(bytes);
            _ = Worker.Parse([.. "done "u8, .. bytes]);
            _ = Worker.Parse([.. Bytes($"done {new ConnectionId(7)}"), .. bytes]);
        });

    [Fact]
    public void A_message_that_was_cut_off_anywhere_ends_no_other_connection()
    {
        var whole = Bytes($"done {new ConnectionId(12345)} 255");
        for (var length = 0; length < whole.Length; length++)
        {
            var id = Worker.Parse(whole.AsSpan(0, length))?.Id;

            Assert.True(id is null || whole.AsSpan().StartsWith(Bytes($"done {id}")), $"cut to {length} bytes");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("done")]
    [InlineData("done ")]
    [InlineData("done 7")]
    [InlineData("Done {0}")]
    [InlineData("done  {0}")]
    [InlineData("done {0} ")]
    [InlineData("done {0} 256")]
    [InlineData("done {0} -1")]
    [InlineData("done {0} 1 2")]
    [InlineData("done {0}, 1")]
    [InlineData("done {0} 0x1")]
    [InlineData("done x{0}")]
    [InlineData("{0}")]
    public void Anything_else_makes_no_sense(string message) =>
        Assert.Null(Worker.Parse(Bytes(string.Format(CultureInfo.InvariantCulture, message, new ConnectionId(7)))));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
