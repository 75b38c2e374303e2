using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Room on the disk that is kept for bad times: a file that holds nothing. When the disk is full it is given up, so that one more mail
/// can be written and sent; when there is room again it is laid down again.
/// </summary>
internal sealed class Ballast(string directory)
{
    public const int Size = 1024 * 1024;

    // Laid down into the last free megabyte it would be what fills the disk.
    private const long RoomBeside = 4 * Size;

    private readonly string _path = Path.Combine(directory, "ballast");

    /// <summary>True when it is there, from before or now.</summary>
    public bool Lay()
    {
        try
        {
            return IsThere() || (new DriveInfo(directory).AvailableFreeSpace >= Size + RoomBeside && Write());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A disk on which there never is room for it: a quarter of such a one has to be free instead.</summary>
    public bool HasRoomWithout => new DriveInfo(directory) is var disk
        && disk.TotalSize < Size + RoomBeside && disk.AvailableFreeSpace >= disk.TotalSize / 4;

    /// <summary>Gives the room up; false when there was none kept.</summary>
    public bool Free()
    {
        var wasThere = IsThere();
        File.Delete(_path);
        return wasThere;
    }

    private bool IsThere() => new FileInfo(_path) is { Exists: true, Length: Size };

    // Written and not only allocated: not every file system can promise room. And not of zeros, which some do not store.
    private bool Write()
    {
        try
        {
            var content = new byte[Size];
            Array.Fill(content, (byte)'b');
            using SafeFileHandle file = Posix.Open(_path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_NOFOLLOW, 0b110_000_000);
            RandomAccess.Write(file, content, 0);
            Posix.Sync(file, _path);
            return true;
        }
        catch (IOException)
        {
            File.Delete(_path);
            throw;
        }
    }
}
