using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Knows the names of addresses, or finds them out within a mail's patience. Asked early, at the touch, it usually has the answer
/// when the mail is written.
/// </summary>
internal sealed class NameDesk(Store store, Resolvers? resolvers)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks ahead of the mail.</summary>
    public void Prepare(IEnumerable<IPAddress> addresses)
    {
        if (resolvers is null)
        {
            return;
        }

        foreach (var address in addresses.Where(address => store.NameOf(address) is null))
        {
            resolvers.Ask(address);
        }
    }

    /// <summary>What is known of an address now; null while it may still become known.</summary>
    public Finding? Known(IPAddress address) => resolvers is null ? Finding.NotAsked : store.NameOf(address);

    /// <summary>What is known of each address when the patience ends, or nothing can wait any longer.</summary>
    public Dictionary<IPAddress, Finding> Find(IReadOnlyCollection<IPAddress> addresses, TimeSpan patience, Func<bool> hurry)
    {
        if (resolvers is null)
        {
            return addresses.ToDictionary(address => address, _ => Finding.NotAsked);
        }

        Prepare(addresses);
        var limit = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (addresses.Any(resolvers.IsOpen) && Environment.TickCount64 < limit && !hurry())
        {
            Thread.Sleep(_glance);
        }

        KeepAnswers();
        return addresses.ToDictionary(address => address, address => store.NameOf(address) ?? Finding.TimedOut);
    }

    /// <summary>Late answers serve the next mail.</summary>
    public void KeepAnswers()
    {
        foreach (var (address, finding) in resolvers?.Collect() ?? [])
        {
            store.Keep(address, finding);
        }
    }
}
