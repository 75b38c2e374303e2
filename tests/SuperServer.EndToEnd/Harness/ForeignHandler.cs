namespace SuperServer.EndToEnd.Harness;

/// <summary>What another inetd starts.</summary>
/// <param name="Program">Its path.</param>
/// <param name="Argument">Its one argument, or nothing.</param>
/// <param name="Json">The service's options.</param>
internal sealed record ForeignHandler(string Program, string Argument, string Json)
{
    /// <summary>The variable, as an inetd takes it on one line: there must be no space in it.</summary>
    public string Options => $"SUPERSERVER_OPTIONS={Json}";
}
