using System.Text;

namespace SuperServer.Configuration;

/// <summary>What came of reading the files of a set: all of their networks, or what is wrong with them.</summary>
internal abstract record SetReading
{
    /// <summary>Not one mistake.</summary>
    public sealed record Whole(SetContent Content) : SetReading;

    /// <summary>At least one.</summary>
    public sealed record Broken(ValueList<Problem> Problems, ValueList<FileStamp?> Stamps) : SetReading;
}

/// <summary>
/// Reads the files of sets: one network a line, comments after '#', blank lines. It keeps nothing, and any thread may ask.
/// </summary>
internal sealed class SetFiles(HostFacts host)
{
    /// <summary>A million IPv6 networks are 25 MiB.</summary>
    private const int LargestFile = 256 << 20;

    /// <summary>Whoever gives the wrong file need not read a million messages.</summary>
    private const int MostProblems = 20;

    public static FileReading ReadFile(string path) => FileReading.Of(path, LargestFile);

    public ValueList<FileStamp?> StampsOf(ValueList<string> files) => [.. files.Select(host.StampOf)];

    public SetReading Read(ValueList<string> files)
    {
        var stamps = StampsOf(files);   // before the content: what is written while we read gives other stamps
        var networks = new AddressSet.Builder();
        var problems = new List<Problem>();
        foreach (var file in files)
        {
            Read(file, networks, problems);
        }

        if (networks.Count > PrefixTable<uint>.Most)
        {
            problems.Add(new Problem(new Place(files[^1], 0, 0), $"makes more than {PrefixTable<uint>.Most} networks of one set"));
        }

        return problems.Count == 0
            ? new SetReading.Whole(new SetContent(networks.Build(), stamps))
            : new SetReading.Broken([.. problems], stamps);
    }

    private void Read(string file, AddressSet.Builder networks, List<Problem> problems)
    {
        switch (host.ReadSet(file))
        {
            case FileReading.Contents { Bytes: var bytes }:
                Parse(file, bytes, networks, problems);
                break;
            case FileReading.Failed { Why: var why }:
                problems.Add(new Problem(new Place(file, 0, 0), why));
                break;
            case var other:
                throw new InvalidOperationException($"No such reading: {other}.");
        }
    }

    private static void Parse(string file, ReadOnlySpan<byte> bytes, AddressSet.Builder networks, List<Problem> problems)
    {
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        var (number, wrong) = (0, 0);
        foreach (var range in bytes.Split((byte)'\n'))
        {
            number++;
            var line = bytes[range];
            var comment = line.IndexOf((byte)'#');
            var text = (comment < 0 ? line : line[..comment]).Trim(" \t\r"u8);
            if (Network.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (!text.IsEmpty && ++wrong <= MostProblems)
            {
                var column = line.Length - line.TrimStart(" \t\r"u8).Length + 1;
                problems.Add(new Problem(new Place(file, number, column), NetworkText.WhyNot(Encoding.UTF8.GetString(text))));
            }
        }

        if (wrong > MostProblems)
        {
            problems.Add(new Problem(new Place(file, number, 1), $"in all {wrong} lines of this file are no networks"));
        }
    }
}
