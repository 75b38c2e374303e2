using System.Diagnostics;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>What a program says on stdout and stderr, as one short text. It is read all the time, so that no full pipe stops the program.</summary>
internal sealed class ProgramOutput
{
    private const int Longest = 4096;
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);

    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = 2;

    public ProgramOutput(Process process)
    {
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All of it, or what came soon: somebody whom the program started may keep its output open for long.</summary>
    public async Task<string> Text()
    {
        await Task.WhenAny(_closed.Task, Task.Delay(_patience)).ConfigureAwait(false);
        lock (_text)
        {
            return _text.ToString();
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            if (Interlocked.Decrement(ref _open) == 0)
            {
                _closed.TrySetResult();
            }

            return;
        }

        lock (_text)
        {
            if (_text.Length < Longest)
            {
                _text.Append(_text.Length == 0 ? "" : " ").Append(line);
            }
        }
    }
}
