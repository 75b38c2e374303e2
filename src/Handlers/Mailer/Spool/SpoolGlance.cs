using System.Net;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>Looks for one record in the journals that the mailer has not taken in: at their ends only, and without moving anything.</summary>
internal static class SpoolGlance
{
    private const int MostRead = 1024 * 1024;

    /// <summary>True when a touch by this address and port is in a journal of the spool.</summary>
    public static bool Sees(string spool, IPEndPoint source)
    {
        try
        {
            return Directory.EnumerateFiles(spool, "journal.jsonl", SearchOption.AllDirectories).Any(journal => Sees(journal, source, MostRead));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Sees(string journal, IPEndPoint source, int most)
    {
        using var file = File.OpenHandle(journal, share: FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        var bytes = new byte[Math.Min(length, most)];
        var count = RandomAccess.Read(file, bytes, length - bytes.Length);
        var member = $"\"ip\":\"{source.Address}\",\"port\":{source.Port}";
        return bytes.AsSpan(0, count).IndexOf(Encoding.ASCII.GetBytes(member)) >= 0;
    }
}
