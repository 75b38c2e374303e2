using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Reads <c>ignore</c> and <c>ignore_file</c>: whose visits are counted and never mailed alone. Whoever can write the file can
/// silence the alarm.
/// </summary>
internal sealed class IgnoreReader(TableReader table, HostFacts host, string baseDirectory, Identity? mailer)
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;
    private const UnixFileMode StrangersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Of the visitors that were read, in their order.</summary>
    public ValueList<string> Places { get; private set; } = [];

    public ValueList<string> Visitors()
    {
        var texts = table.Many("ignore", Values.AnyText) ?? [];
        Places = [.. texts.Select(text => $"{text.Place.File}:{text.Place.Line}")];
        return [.. texts.Select(text => table.Judge(text.Place, Visitor(text.Value))).OfType<string>()];
    }

    public string? File()
    {
        if (table.Find("ignore_file", Values.Text) is not { } file)
        {
            return null;
        }

        var path = Path.GetFullPath(file.Value, baseDirectory);
        if (WhyNot(host.Look(path)) is { } why)
        {
            table.Report(file.Place, $"ignore file {Printable.Quoted(file.Value)} {why}");
        }

        return path;
    }

    private string? WhyNot(FileFacts facts) => facts.Kind switch
    {
        FileKind.Missing => "does not exist: make it, even if it is empty",
        FileKind.Directory => "is a directory",
        FileKind.Special => "is not a regular file",
        FileKind.Regular when (facts.Mode & StrangersWrite) != 0 => "can be written by others, who could silence the alarm: chmod go-w",
        FileKind.Regular when mailer is { IsSwitched: true } && !MailerReads(facts, mailer) =>
            $"cannot be read by the mailer: chmod 644, or chown {mailer.User}",
        _ => null,
    };

    /// <summary>Whether a group may, only the group database knows, and the mailer tells when it may not.</summary>
    private static bool MailerReads(FileFacts facts, Identity mailer) =>
        mailer.Uid == 0 || (facts.Mode & (facts.Owner == mailer.Uid ? UnixFileMode.UserRead : OthersRead)) != 0;

    private static Reading<string> Visitor(string text)
    {
        if (text.AsSpan().ContainsAny(':', '/', '[') || !text.Any(char.IsLetter))
        {
            var network = NetworkText.Parse(text);
            return network.Objection is { } objection ? new Objection(objection) : network.Value.ToString();
        }

        var name = text.TrimEnd('.').ToLowerInvariant();
        var labels = name.Split('.');
        return name.Length <= LongestName && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit)
            ? name
            : new Objection($"{Printable.Quoted(text)} is no address, no network and no name of a host: "
                + "write 192.0.2.7, 10.0.0.0/8 or monitor.example.org");
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-'
        && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
