using System.Globalization;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A touch as docs/notelnet.md describes it, made without the project's own code.</summary>
internal static class RecordLine
{
    private const uint Castagnoli = 0x82f63b78;

    public static string Touch(int number)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $$$"""
            {"v":1,"t":"touch","id":"01JD3X8C2M7YQ0ZC6V1S{{{number:d6}}}","ref":"{{{number:d6}}}","host":"web1","svc":"telnet","proto":"tcp","src":{"ip":"203.0.113.{{{number % 250}}}","port":40112,"net":"outside","mapped":false},"dst":{"ip":"198.51.100.20","port":23},"at":"2026-11-22T23:28:47.103Z","boot":"6f1c","mono":{{{81_234_567_890 + number}}},"peer":"getpeername","act":"message","ign":false,"pid":4711
            """);
        return string.Create(CultureInfo.InvariantCulture, $"\n{body},\"c\":\"{Crc32C(Encoding.ASCII.GetBytes(body)):x8}\"}}\n");
    }

    private static uint Crc32C(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Castagnoli;
            }
        }

        return ~crc;
    }
}
