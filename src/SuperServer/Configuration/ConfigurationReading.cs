namespace SuperServer.Configuration;

/// <summary>What came of reading a configuration: all of it, or everything that is wrong with it.</summary>
internal abstract record ConfigurationReading
{
    /// <summary>Not one mistake.</summary>
    public sealed record Valid(ServerConfiguration Configuration) : ConfigurationReading;

    /// <summary>At least one mistake: in the order of the files, and of the lines in them.</summary>
    /// <param name="Problems">The mistakes.</param>
    /// <param name="CannotBeOpened">The only one is that the main file cannot be read (EX_NOINPUT, not EX_CONFIG).</param>
    public sealed record Broken(ValueList<Problem> Problems, bool CannotBeOpened) : ConfigurationReading;
}
