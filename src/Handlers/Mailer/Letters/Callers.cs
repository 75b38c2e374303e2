using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>Who came: the address, and the name with how far it can be believed.</summary>
internal sealed class Callers(Draft draft)
{
    private const int LongestName = 253;
    private const int LongestAddress = 80;

    public Phrase Address(IPAddress? address) => (address, draft.IsLocal) switch
    {
        (null, true) => "a process of this host",
        (null, false) => "unknown address",
        _ => Phrase.Value(Clean.Text(address.ToString(), LongestAddress)),
    };

    /// <summary>Empty when nobody asked for it.</summary>
    public Phrase Name(IPAddress? address)
    {
        if (address is null || !draft.Names.TryGetValue(address, out var finding) || finding.Words.Length == 0)
        {
            return new Phrase([]);
        }

        var at = finding.Name is { Length: > 0 } name ? finding.Words.IndexOf(name, StringComparison.Ordinal) : -1;
        return at < 0
            ? finding.Words
            : finding.Words[..at] + Phrase.Value(Clean.Text(finding.Name, LongestName)) + finding.Words[(at + finding.Name!.Length)..];
    }
}
