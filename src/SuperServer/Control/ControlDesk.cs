using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SuperServer.Hosting;
using SuperServer.Interop;

namespace SuperServer.Control;

/// <summary>
/// Where the administrator's commands come in: a Unix socket below the run directory that only root and the daemon's own user
/// may use. It is served by a thread of its own, one caller after the other, so that a slow one holds up nobody but callers;
/// what they ask is put into the mailbox, and the dispatcher's thread answers.
/// </summary>
internal sealed class ControlDesk : IDisposable
{
    private const int LongestRequest = 65_536;
    private const uint OwnerOnly = 0b001_111_111;   // the mask that leaves 0600

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly Socket _socket;
    private readonly Mailbox _mailbox;
    private readonly Func<Request, Answer> _answer;

    private ControlDesk(string path, Socket socket, Mailbox mailbox, Func<Request, Answer> answer) =>
        (_path, _socket, _mailbox, _answer) = (path, socket, mailbox, answer);

    public static string PathIn(string runDirectory) => Path.Combine(runDirectory, "control.sock");

    /// <summary>Opens the desk, or says why it cannot be. Whoever holds the run lock may remove what a predecessor left.</summary>
    public static (ControlDesk? Desk, string? Why) Open(string runDirectory, Mailbox mailbox, Func<Request, Answer> answer)
    {
        var path = PathIn(runDirectory);
        _ = Libc.unlink(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var mask = Libc.umask(OwnerOnly);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen();
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            socket.Dispose();
            return (null, $"{path}: {error.Message}");
        }
        finally
        {
            _ = Libc.umask(mask);
        }

        var desk = new ControlDesk(path, socket, mailbox, answer);
        new Thread(desk.Serve) { IsBackground = true, Name = "control" }.Start();
        return (desk, null);
    }

    /// <summary>Closes the desk and removes its socket.</summary>
    public void Dispose()
    {
        _ = Libc.unlink(_path);
        _socket.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            try
            {
                using var caller = _socket.Accept();
                Serve(caller);
            }
            catch (SocketException)
            {
                // This caller has gone, or there is no descriptor for it: the next may fare better, but not at once.
                Thread.Sleep(50);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Serve(Socket caller)
    {
        if (!IsTrusted(caller))
        {
            return;
        }

        (caller.ReceiveTimeout, caller.SendTimeout) = ((int)_patience.TotalMilliseconds, (int)_patience.TotalMilliseconds);
        var answer = ReadLine(caller) is { } line ? Ask(line) : Answer.Failed("no request came");
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.Answer);
        caller.Send([.. json, (byte)'\n']);
    }

    private Answer Ask(string line)
    {
        if (ControlJson.TryRead(line) is not { } request)
        {
            return Answer.Failed("that is no request: a JSON object with a verb, on one line");
        }

        if (request.Version != Request.CurrentVersion)
        {
            return Answer.Failed($"version {request.Version} is not spoken here, but {Request.CurrentVersion}");
        }

        var answered = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _mailbox.Post(() => answered.SetResult(_answer(request)));
        return answered.Task.Wait(_patience) ? answered.Task.Result : Answer.Failed("the daemon is too busy to answer");
    }

    private static bool IsTrusted(Socket caller)
    {
        Libc.ucred credentials = default;
        var length = 12u;
        return Libc.getsockopt((int)caller.Handle, Libc.SOL_SOCKET, Libc.SO_PEERCRED, ref credentials, ref length) == 0
            && (credentials.uid == 0 || credentials.uid == Libc.geteuid());
    }

    private static string? ReadLine(Socket caller)
    {
        var bytes = new byte[LongestRequest];
        for (var length = 0; length < bytes.Length;)
        {
            var count = caller.Receive(bytes, length, bytes.Length - length, SocketFlags.None);
            length += count;
            if (count == 0 || bytes[length - 1] == (byte)'\n')
            {
                return length > 0 ? Encoding.UTF8.GetString(bytes, 0, length) : null;
            }
        }

        return null;
    }
}
