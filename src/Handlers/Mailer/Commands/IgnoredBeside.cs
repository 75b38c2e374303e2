using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>The ignore list as a command reads it: now, with the addresses of its hosts as far as they come in time.</summary>
internal sealed class IgnoredBeside(MailerOptions options, IReadOnlyList<string> places, TimeProvider clock)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(20);

    private int _answered;

    public IgnoredLine? For(IPAddress address)
    {
        ReverseLookup.LimitPatience();
        var list = new IgnoreList(options, new HostBook(new Resolvers(ReverseLookup.Find, clock), Addresses, clock), Log.Say);
        list.Refresh();
        Await(list.Hosts);
        return list.EntryFor(address) is { } entry ? new IgnoredLine(entry.Text, entry.Place ?? Configured(entry)) : null;
    }

    // An address that is meant by itself needs no answer of anybody; but which entry comes first decides what is told.
    private void Await(int hosts)
    {
        var limit = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
        while (Volatile.Read(ref _answered) < hosts && Environment.TickCount64 < limit)
        {
            Thread.Sleep(_glance);
        }
    }

    private IReadOnlyList<IPAddress> Addresses(string host)
    {
        var addresses = ReverseLookup.Addresses(host);
        Interlocked.Increment(ref _answered);
        return addresses;
    }

    private string? Configured(IgnoreEntry entry) => options.Ignore.Count == places.Count
        ? options.Ignore.Zip(places).FirstOrDefault(one => IgnoreEntry.Parse(one.First, out _)?.Text == entry.Text).Second
        : null;
}
