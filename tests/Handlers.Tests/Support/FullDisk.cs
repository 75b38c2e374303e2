namespace SuperServer.Handlers.Tests.Support;

/// <summary>A small file system of its own (tmpfs, which needs root) on which nothing is left after the lane was laid out.</summary>
internal sealed class FullDisk : IDisposable
{
    public FullDisk(int kibibytes, Action<Folder> layOut, int leave = 0)
    {
        Assert.Equal(0, Posix.mount("tmpfs", Folder.Path, "tmpfs", 0, $"size={kibibytes}k"));
        File.WriteAllText(Folder.Journal, "");
        layOut(Folder);
        Fill(leave);
    }

    public Folder Folder { get; } = new();

    public void Dispose()
    {
        Assert.Equal(0, Posix.umount2(Folder.Path, 0));
        Folder.Dispose();
    }

    // In the tmpfs's own pages, and then some are given back.
    private void Fill(int leave)
    {
        using var rubbish = new FileStream(Folder.In("rubbish"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                rubbish.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            rubbish.SetLength(rubbish.Length - leave);
        }
    }
}
