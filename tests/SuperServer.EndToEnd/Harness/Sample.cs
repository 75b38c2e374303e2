using System.Text.RegularExpressions;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A handler that people copy (src/Handlers/Samples), put where its TOML says that it is.</summary>
internal static partial class Sample
{
    public static string Folder { get; } = Path.Combine(Programs.Project, "src/Handlers/Samples");

    /// <summary>Puts a program among the installed handlers of daemons in this folder.</summary>
    public static void Install(PrivateFolder folder, string program)
    {
        if (!Directory.Exists(folder.At("handlers")))
        {
            folder.Create("handlers");
        }

        folder.WriteProgram($"handlers/{Path.GetFileName(program)}", File.ReadAllText(Path.Combine(Folder, program)));
    }

    /// <summary>The C# sample as it was published, in the form of this machine.</summary>
    public static string GuestBook =>
        Directory.GetFiles(Path.Combine(Programs.Project, "out/artifacts/publish/GuestBook"), "guest-book", SearchOption.AllDirectories).Single();

    /// <summary>Puts the C# sample among the installed handlers of daemons in this folder, and a file for its entries that every user may write.</summary>
    public static string InstallGuestBook(PrivateFolder folder)
    {
        folder.Create("handlers");
        File.Copy(GuestBook, folder.At("handlers/guest-book"));
        File.SetUnixFileMode(folder.At("handlers/guest-book"), (UnixFileMode)0b111_101_101);
        var entries = folder.Write("entries", "");
        File.SetUnixFileMode(entries, (UnixFileMode)0b110_110_110);
        return entries;
    }

    /// <summary>
    /// The services of a sample's own TOML, to the letter but for what differs from machine to machine: where the program lies, which
    /// port is free, and, for a daemon that cannot become somebody else, as whom it runs.
    /// </summary>
    public static string Services(PrivateFolder folder, string program)
    {
        Install(folder, program);
        var text = File.ReadAllText(Path.Combine(Folder, Path.ChangeExtension(program, ".toml")));
        text = text.Replace("/usr/local/lib/superserver", folder.At("handlers"), StringComparison.Ordinal);
        text = Port().Replace(text, ":0\"");
        return folder.Owner == Who.Root ? text : text.Replace("user = \"nobody\"\n", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(":[0-9]+\"")]
    private static partial Regex Port();
}
