using System.Runtime.InteropServices;

namespace SuperServer.Admitting;

/// <summary>
/// Who is inside a service: the sources of the connections that live, each as often as it has some. It is entered and left with
/// each connection and never counted beside them. Whoever leaves leaves as the source that it came as, whatever a reload has
/// made of it since.
/// </summary>
internal sealed class Crowd
{
    private readonly Dictionary<Source, int> _sources = [];

    /// <summary>Connections that live.</summary>
    public int Count { get; private set; }

    public int Of(Source source) => _sources.GetValueOrDefault(source);

    public void Enter(Source source)
    {
        Count++;
        CollectionsMarshal.GetValueRefOrAddDefault(_sources, source, out _)++;
    }

    /// <summary>One that is not inside cannot leave: that would be a place that nobody gave back.</summary>
    public void Leave(Source source)
    {
        switch (Of(source))
        {
            case 0:
                throw new InvalidOperationException($"{source} is not inside.");
            case 1:
                _sources.Remove(source);
                break;
            case var living:
                _sources[source] = living - 1;
                break;
        }

        Count--;
    }
}
