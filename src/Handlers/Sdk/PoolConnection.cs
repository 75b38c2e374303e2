using System.Text;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers;

/// <summary>
/// A connection that the daemon has handed to a worker of a pool. Its texts are valid until the next one is received; its socket is
/// the worker's to close.
/// </summary>
internal readonly ref struct PoolConnection(int socket, ReadOnlySpan<byte> variables)
{
    public const int NoSocket = -1;

    private readonly ReadOnlySpan<byte> _variables = variables;

    /// <summary>
    /// The client's socket, which blocks; <see cref="NoSocket"/> when this process has as many descriptors as it may. The client is lost
    /// then, and the daemon has to hear of that too.
    /// </summary>
    public int Socket { get; } = socket;

    /// <summary>A second descriptor, where a protocol has two for a connection; <see cref="NoSocket"/> when none came.</summary>
    public int Second { get; init; } = NoSocket;

    /// <summary>What <see cref="PoolLink.Done"/> has to say.</summary>
    public ReadOnlySpan<byte> Id => Variable("SUPERSERVER_CONNECTION"u8);

    /// <summary>What a process of its own would have found in its environment; empty when it is not set.</summary>
    public ReadOnlySpan<byte> Variable(ReadOnlySpan<byte> name)
    {
        var rest = _variables;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)0);
            var entry = end < 0 ? rest : rest[..end];
            if (entry.Length > name.Length && entry[name.Length] == (byte)'=' && entry.StartsWith(name))
            {
                return entry[(name.Length + 1)..];
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return [];
    }

    /// <summary>All variables, in a form that outlives the next connection.</summary>
    public Func<string, string?> ToEnvironment()
    {
        var copy = _variables.ToArray();
        return name =>
        {
            var value = new PoolConnection(NoSocket, copy).Variable(Encoding.UTF8.GetBytes(name));
            return value.IsEmpty ? null : Encoding.UTF8.GetString(value);
        };
    }

    /// <summary>The same as a table, with the process's own environment below it; made when it is asked for.</summary>
    public Func<IReadOnlyDictionary<string, string>> ToVariables()
    {
        var copy = _variables.ToArray();
        return () =>
        {
            var all = Encounter.ProcessVariables();
            foreach (var entry in Encoding.UTF8.GetString(copy).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = entry.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0)
                {
                    all[entry[..equals]] = entry[(equals + 1)..];
                }
            }

            return all;
        };
    }
}
