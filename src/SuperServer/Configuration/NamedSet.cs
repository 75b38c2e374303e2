namespace SuperServer.Configuration;

/// <summary>What a set holds, and of which state of its files that was read.</summary>
/// <param name="Addresses">The networks of all its files.</param>
/// <param name="Stamps">The files' stamps, taken before they were read; null for a file that is not there.</param>
internal sealed record SetContent(AddressSet Addresses, ValueList<FileStamp?> Stamps);

/// <summary>
/// A set of [sets]. Services hold the set and not what is in it, so that a changed file needs no reload: its new content is put
/// here. Two sets are equal when they are the same object, which a reload keeps as long as the files did not change.
/// </summary>
internal sealed class NamedSet(string name, ValueList<string> files, SetContent content)
{
    private volatile SetContent _content = content;

    public string Name => name;

    public ValueList<string> Files => files;

    public SetContent Content => _content;

    public AddressSet Current => _content.Addresses;

    /// <summary>From the next client on. Any thread may.</summary>
    public void Replace(SetContent content) => _content = content;
}
