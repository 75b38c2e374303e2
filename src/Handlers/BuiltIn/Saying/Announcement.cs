using System.Text;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Saying;

/// <summary><c>superserver-handlers file</c>: says a fixed text, or what stands in a file, to everybody who comes.</summary>
internal sealed class Announcement : SimpleService
{
    public const string Name = "file";

    private const int LongestFile = 1024 * 1024;

    // How long a client may take for his line, and how much of it is read.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private TextTemplate? _template;
    private WatchedFile? _file;
    private bool _crLf;
    private bool _readsLine;

    public override bool AsksWho => true;

    public override Conversation Begin(int socket, Visitor? visitor) =>
        new Statement(socket, Words(visitor!), _readsLine ? _patience : TimeSpan.Zero);

    public override int Answer(SocketName source, ReadOnlySpan<byte> question, Span<byte> answer)
    {
        var connection = Environment.GetEnvironmentVariable("SUPERSERVER_CONNECTION");
        var client = Visitor.Named(source);
        var words = Words(new Visitor(client, To: null, connection)).AsSpan();
        if (client is not null)
        {
            words = Beginning(words, ReflectionGuard.MostFor(question));
        }

        words = Beginning(words, answer.Length);
        words.CopyTo(answer);
        return words.IsEmpty ? NoAnswer : words.Length;
    }

    protected override void Learn(HandlerOptions options)
    {
        var text = options.Text("text", "");
        var path = options.Text("path", "");
        _crLf = options.Flag("crlf", path.Length == 0);
        _readsLine = options.Flag("read_line", otherwise: false);
        if (text.Length > 0 == path.Length > 0)
        {
            _ = options.Refuse("text", "or 'path' is needed, one of them", text);
        }
        else if (text.Length > 0 && TextTemplate.Stranger(text) is { } stranger)
        {
            _ = options.Refuse("text", $"cannot hold {stranger}", text);
        }
        else if (text.Length > 0)
        {
            _template = new TextTemplate(Encoding.UTF8.GetBytes(Whole(text)), _crLf);
        }
        else if (!Open(path))
        {
            _ = options.Refuse("path", "names a file that cannot be read", path);
        }
    }

    private bool Open(string path)
    {
        _file = new WatchedFile(path, LongestFile, Complain);
        Look();
        return _template is not null;
    }

    private byte[] Words(Visitor visitor)
    {
        Look();
        return _template!.For(visitor.From, visitor.Connection);
    }

    private void Look()
    {
        if (_file is not null && _file.Refresh())
        {
            _template = new TextTemplate(_file.Contents!, _crLf);
        }
    }

    private static string Whole(string text) => text.EndsWith('\n') ? text : text + "\n";

    // Cut where a letter ends.
    private static Span<byte> Beginning(Span<byte> words, int most)
    {
        var length = Math.Min(words.Length, most);
        while (length > 0 && length < words.Length && (words[length] & 0xc0) == 0x80)
        {
            length--;
        }

        return words[..length];
    }

    private static void Complain(string what) => Output.Complain($"{Name}: {what}");
}
