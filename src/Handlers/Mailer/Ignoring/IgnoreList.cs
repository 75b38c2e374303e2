using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Whose touches are counted and never mailed alone. Asked at intake and not in the tripwire, so that a change needs no restart and
/// the process that faces the network knows nothing of it.
/// </summary>
internal sealed class IgnoreList
{
    private readonly IReadOnlyList<IgnoreEntry> _configured;
    private readonly IgnoreFile? _file;
    private readonly HostBook _hosts;
    private IReadOnlyList<IgnoreEntry> _entries = [];

    public IgnoreList(MailerOptions options, HostBook hosts, Action<string> complain)
    {
        _configured = [.. options.Ignore.Select(text =>
            IgnoreEntry.Parse(text, out var why) ?? throw new OptionsException($"'ignore': {why}"))];
        _file = options.IgnoreFile is { } path ? new IgnoreFile(path, complain) : null;
        _hosts = hosts;
        _entries = _configured;
    }

    /// <summary>How many of the entries are names of hosts, whose addresses have to be asked for.</summary>
    public int Hosts => _entries.OfType<IgnoreEntry.Host>().DistinctBy(entry => entry.Text).Count();

    /// <summary>Looks whether the file has changed, and whether host names are to be asked again.</summary>
    public void Refresh()
    {
        if (_file?.Refresh() == true)
        {
            _entries = [.. _configured, .. _file.Entries];
        }

        _hosts.Refresh(_entries.OfType<IgnoreEntry.Host>().Select(entry => entry.Text));
    }

    /// <summary>The entry that this address is ignored for; null when it is not.</summary>
    public IgnoreEntry? EntryFor(IPAddress? address) =>
        address is null || _entries.Count == 0 ? null : _entries.FirstOrDefault(entry => IsMeant(entry, Networks.Plain(address)));

    private bool IsMeant(IgnoreEntry entry, IPAddress address) => entry switch
    {
        IgnoreEntry.Network network => network.Block.Contains(address),
        IgnoreEntry.Host host => _hosts.AddressesOf(host.Text).Contains(address),
        _ => false,
    };
}
