using System.Text;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Saying;

/// <summary>RFC 865: one of a number of quotes, chosen by chance, and no longer than the RFC wants it.</summary>
internal sealed class QuoteOfTheDay : SimpleService
{
    public const string Name = "qotd";

    private const int LongestFile = 4 * 1024 * 1024;

    private IReadOnlyList<byte[]> _quotes = Quotes.Own;
    private WatchedFile? _file;

    public override Conversation Begin(int socket, Visitor? visitor) => new Statement(socket, Choose(_ => true) ?? []);

    /// <summary>A quote that is short enough for the question; whoever wants long ones asks with more bytes.</summary>
    public override int Answer(SocketName source, ReadOnlySpan<byte> question, Span<byte> answer)
    {
        var most = source.Address is null ? Quotes.Longest : ReflectionGuard.MostFor(question);
        if (Choose(quote => quote.Length <= most) is not { } quote)
        {
            return NoAnswer;
        }

        quote.CopyTo(answer);
        return quote.Length;
    }

    protected override void Learn(HandlerOptions options)
    {
        if (options.Text("path", "") is { Length: > 0 } path)
        {
            _file = new WatchedFile(path, LongestFile, what => Output.Complain($"{Name}: {what}"));
            _quotes = [];
            Look();
            if (_quotes.Count == 0)
            {
                _ = options.Refuse("path", "names a file without a quote that can be read", path);
            }
        }
    }

    private byte[]? Choose(Func<byte[], bool> fits)
    {
        Look();
        var quotes = _quotes.Where(fits).ToList();
        return quotes.Count == 0 ? null : quotes[AnyNumber() % quotes.Count];
    }

    private static int AnyNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        _ = Libc.getrandom(bytes, (nuint)bytes.Length, 0);
        return BitConverter.ToInt32(bytes) & int.MaxValue;
    }

    // A file without quotes, as one is while it is being written, takes nothing away.
    private void Look()
    {
        if (_file is not null && _file.Refresh() && Quotes.Parse(Encoding.UTF8.GetString(_file.Contents!)) is { Count: > 0 } quotes)
        {
            _quotes = quotes;
        }
    }
}
