using System.Text;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Tests.Sdk.Alerts;

public sealed class Crc32CTests
{
    /// <summary>The check value of the algorithm, and the examples of RFC 3720, appendix B.4.</summary>
    public static TheoryData<string, uint> Vectors => new()
    {
        { "", 0 },
        { Convert.ToHexString(Encoding.ASCII.GetBytes("123456789")), 0xe3069283 },
        { Repeat("00", 32), 0x8a9136aa },
        { Repeat("FF", 32), 0x62a8ab43 },
        { string.Concat(Enumerable.Range(0, 32).Select(i => $"{i:X2}")), 0x46dd794e },
        { string.Concat(Enumerable.Range(0, 32).Select(i => $"{31 - i:X2}")), 0x113fdb5c },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_is_the_Castagnoli_CRC(string bytes, uint crc) =>
        Assert.Equal(crc, Crc32C.Of(Convert.FromHexString(bytes)));

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
