using SuperServer.Configuration;

namespace SuperServer.Hosting;

/// <summary>The files of a set have changed, and this is what came of reading them.</summary>
internal sealed record SetNews(NamedSet Set, SetReading Reading);

/// <summary>
/// Notices that the files of sets have changed. What it finds goes to whoever asked; it puts nothing into a set, and a set with
/// a mistake thus goes on holding what it held. Each change is told once.
/// </summary>
internal sealed class SetPatrol(SetFiles files)
{
    private readonly Dictionary<NamedSet, Sight> _sights = [];

    /// <summary>One look at all files.</summary>
    public void Look(IReadOnlyCollection<NamedSet> sets, Action<SetNews> tell)
    {
        foreach (var gone in _sights.Keys.Except(sets).ToList())
        {
            _sights.Remove(gone);
        }

        foreach (var set in sets)
        {
            _sights[set] = LookAt(set, tell);
        }
    }

    // What has changed is read when it looks the same twice: somebody may still be writing.
    private Sight LookAt(NamedSet set, Action<SetNews> tell)
    {
        var stamps = files.StampsOf(set.Files);
        var last = _sights.GetValueOrDefault(set) ?? new Sight(set.Content.Stamps, set.Content.Stamps);
        if (stamps == last.Told || stamps != last.Seen)
        {
            return last with { Seen = stamps };
        }

        tell(new SetNews(set, files.Read(set.Files)));
        return new Sight(stamps, stamps);
    }

    /// <summary>The stamps at the last look, and those that were told last.</summary>
    private sealed record Sight(ValueList<FileStamp?> Seen, ValueList<FileStamp?> Told);
}
