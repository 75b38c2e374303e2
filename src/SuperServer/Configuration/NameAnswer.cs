namespace SuperServer.Configuration;

/// <summary>
/// What is known of a client's name: nothing yet, or which of <see cref="AccessRules.Names"/> it has. Numbers only: the name
/// itself was written by a stranger and stays with the resolver.
/// </summary>
internal readonly struct NameAnswer(ValueList<int> confirmed)
{
    private readonly ValueList<int> _confirmed = confirmed;

    /// <summary>Nobody has asked.</summary>
    public static NameAnswer NotAsked => default;

    /// <summary>None of the names; also when there was no answer in time.</summary>
    public static NameAnswer Nobody { get; } = new([]);

    public bool IsKnown { get; } = true;

    public bool Confirms(int index) => _confirmed.AsSpan().Contains(index);
}
