namespace SuperServer.Handlers;

/// <summary>What a reverse lookup found out.</summary>
internal enum FindingState
{
    /// <summary>The name leads back to the address.</summary>
    Confirmed,

    /// <summary>The owner of the address claims this name; the owner of the name does not say so.</summary>
    Claimed,

    /// <summary>What came back cannot be the name of a host.</summary>
    Malformed,

    /// <summary>There is no reverse name.</summary>
    None,

    /// <summary>No answer in time, or none at all.</summary>
    TimedOut,

    /// <summary>Nobody asked: lookups are switched off.</summary>
    NotAsked,
}

/// <summary>A reverse name and how much it is worth. The name is a valid host name or null.</summary>
internal sealed record Finding(FindingState State, string? Name = null)
{
    public static Finding TimedOut { get; } = new(FindingState.TimedOut);

    public static Finding NotAsked { get; } = new(FindingState.NotAsked);

    /// <summary>The name where nothing but a confirmed one may stand: in a subject.</summary>
    public string? Trusted => State == FindingState.Confirmed ? Name : null;

    /// <summary>As a mail says it.</summary>
    public string Words => State switch
    {
        FindingState.Confirmed => $"{Name} (confirmed)",
        FindingState.Claimed => $"claims \"{Name}\" - NOT confirmed",
        FindingState.Malformed => "malformed reverse name (ignored)",
        FindingState.None => "no reverse name",
        FindingState.TimedOut => "lookup timed out",
        _ => "",
    };
}
