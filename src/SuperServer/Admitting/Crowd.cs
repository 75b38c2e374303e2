namespace SuperServer.Admitting;

/// <summary>
/// Who is inside a service: the sources of the connections that live, each as often as it has some. It is entered and left with
/// each connection and never counted beside them.
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
        _sources[source] = Of(source) + 1;
    }

    public void Leave(Source source)
    {
        Count--;
        if (Of(source) is > 1 and var living)
        {
            _sources[source] = living - 1;
        }
        else
        {
            _sources.Remove(source);
        }
    }
}
