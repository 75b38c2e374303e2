namespace SuperServer;

/// <summary>What a service is doing. No state needs a person to leave it, but disabled and a pause that a person ordered.</summary>
internal enum StateName
{
    /// <summary>It takes clients.</summary>
    Online,

    /// <summary>Some of its endpoints could not be opened; the others take clients.</summary>
    Degraded,

    /// <summary>None of its endpoints could be opened yet: they are tried again.</summary>
    WaitingForAddress,

    /// <summary>It takes nobody for now.</summary>
    Paused,

    /// <summary>Its server ends or fails at once: it is tried again, each time later.</summary>
    BackingOff,

    /// <summary>It takes nobody any more; its children finish what they have.</summary>
    Draining,

    /// <summary>The file says enabled = false.</summary>
    Disabled,
}

/// <summary>A state, why it came about, and until when it lasts if that is known.</summary>
/// <param name="Name">What it is doing.</param>
/// <param name="Why">In a few words; null when there is nothing to explain.</param>
/// <param name="Until">On the dispatcher's clock; null when no time is set.</param>
internal sealed record ServiceState(StateName Name, string? Why = null, TimeSpan? Until = null)
{
    public static ServiceState Online { get; } = new(StateName.Online);

    /// <summary>"waiting-for-address".</summary>
    public string Word => Name switch
    {
        StateName.Online => "online",
        StateName.Degraded => "degraded",
        StateName.WaitingForAddress => "waiting-for-address",
        StateName.Paused => "paused",
        StateName.BackingOff => "backing-off",
        StateName.Draining => "draining",
        _ => "disabled",
    };
}
