using System.Diagnostics;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// What a program says on stdout and stderr, as one short text. It is read all the time, so that no full pipe stops the program, and most of
/// it is forgotten at once: neither many lines nor an endless one takes memory.
/// </summary>
internal sealed class ProgramOutput
{
    private const int Longest = 4096;
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _closed;

    public ProgramOutput(Process process) =>
        _closed = Task.WhenAll(Read(process.StandardOutput, _output), Read(process.StandardError, _error));

    /// <summary>All of it, or what came soon: somebody whom the program started may keep its output open for long.</summary>
    public async Task<string> Text()
    {
        await Task.WhenAny(_closed, Task.Delay(_patience)).ConfigureAwait(false);
        return string.Join(' ', $"{Beginning(_output)}\n{Beginning(_error)}".Split(
            ['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static string Beginning(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private static async Task Read(StreamReader reader, StringBuilder text)
    {
        var buffer = new char[1024];
        try
        {
            for (int count; (count = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                lock (text)
                {
                    text.Append(buffer, 0, Math.Min(count, Longest - text.Length));
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process was given up, and its pipes with it.
        }
    }
}
