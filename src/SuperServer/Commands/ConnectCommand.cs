using SuperServer.Configuration;

namespace SuperServer.Commands;

/// <summary>
/// <c>superserver connect ARGS…</c>: becomes the client, which may read what a stranger sends and speaks TLS; this program does
/// neither (docs/decisions/0012).
/// </summary>
/// <param name="host">Where the handlers are.</param>
/// <param name="error">For sentences.</param>
/// <param name="become">Becomes a program, or says why not.</param>
internal sealed class ConnectCommand(HostFacts host, TextWriter error, Func<ServiceDefinition, string> become)
{
    private const string Client = "superserver-connect";

    public int Run(IReadOnlyCollection<string> arguments)
    {
        error.WriteLine($"superserver: {become(new ServiceDefinition
        {
            Name = "connect",
            Listen = [],
            Program = Path.Combine(host.HandlersDirectory, Client),
            Arguments = [Client, .. arguments],
            Identity = Identity.Unchanged,
            Environment = [.. Variables()],
        })}");
        return ExitCode.OperatingSystem;
    }

    // It is the same person at the same terminal: whatever tells the resolver and TLS how things are here goes along.
    private static IEnumerable<EnvironmentVariable> Variables() =>
        from System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()
        select new EnvironmentVariable((string)variable.Key, (string)variable.Value!);
}
