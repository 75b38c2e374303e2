using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Puts mails as files into a maildir. A mail's file name is its own for ever, so an attempt that is repeated after a crash finds
/// what the first one did, also when a reader has already moved it.
/// </summary>
internal sealed class MaildirTransport(string path, string host) : Transport
{
    private static readonly string[] _parts = ["tmp", "new", "cur"];

    public override string Name => $"maildir {path}";

    public override Task<Attempt> Deliver(Parcel parcel, CancellationToken stop)
    {
        try
        {
            Keep(NameOf(parcel), parcel.Message);
            return Task.FromResult(Attempt.AllAccepted(parcel));
        }
        catch (UnauthorizedAccessException error)
        {
            return Task.FromResult(Failed(FailureClass.Configuration, error.Message));
        }
        catch (IOException error)
        {
            return Task.FromResult(Failed(FailureClass.Transient, error.Message));
        }
    }

    private void Keep(string name, byte[] message)
    {
        foreach (var part in _parts)
        {
#pragma warning disable CA1416 // there is only one platform
            Directory.CreateDirectory(Path.Combine(path, part), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        }

        if (IsDelivered(name))
        {
            return;
        }

        var temporary = Path.Combine(path, "tmp", name);
        Write(temporary, message);
        Posix.Rename(temporary, Path.Combine(path, "new", name));
        Posix.SyncDirectory(Path.Combine(path, "new"));
    }

    // A reader moves what it has seen to cur and appends its flags.
    private bool IsDelivered(string name) =>
        File.Exists(Path.Combine(path, "new", name))
        || File.Exists(Path.Combine(path, "cur", name))
        || Directory.EnumerateFiles(Path.Combine(path, "cur"), name + ":2,*").Any();

    private static void Write(string file, byte[] message)
    {
        File.Delete(file);
        using var handle = Posix.Open(
            file, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, (uint)(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        RandomAccess.Write(handle, message, 0);
        Posix.Sync(handle, file);
    }

    private string NameOf(Parcel parcel)
    {
        var local = parcel.MessageId.Split('@')[0];
        return string.Create(
            CultureInfo.InvariantCulture, $"{parcel.MadeAt.ToUnixTimeSeconds()}.{FileName(local)}.{FileName(host)}");
    }

    private static string FileName(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
}
