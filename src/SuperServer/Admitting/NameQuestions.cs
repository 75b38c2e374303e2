using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>A question about a client's name that is closed: who waited, and what came out.</summary>
/// <param name="Who">What was handed in with the question.</param>
/// <param name="Rules">The rules whose names were asked for: the answer counts for these and no others.</param>
/// <param name="Answer">Which of them the client has.</param>
internal sealed record NamedClient<T>(T Who, AccessRules Rules, NameAnswer Answer);

/// <summary>
/// The clients that wait at the door until the resolver knows their names. Messages go in and out as bytes and the clock as
/// numbers; no socket, no process. It is bounded, and nobody waits longer than the patience.
/// </summary>
/// <remarks>
/// A question is <c>ID ADDRESS NAME NAME…</c>, an answer <c>ID -</c> or <c>ID 0,2</c>: the positions of the names that the
/// client has. Never does a name come back, so that nothing that a stranger wrote is read by the daemon.
/// </remarks>
internal sealed class NameQuestions<T>
{
    /// <summary>A little longer than the resolver's own, so that its answer "nobody" mostly comes first.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>Clients that wait at once. One more than that is taken to have no name.</summary>
    public const int Most = 1_000;

    /// <summary>Room for the longest question: 200 names of 254 bytes.</summary>
    public const int LongestQuestion = 65_536;

    private readonly Dictionary<ulong, Waiting> _waiting = [];
    private readonly Queue<ulong> _inOrder = new();
    private ulong _lastId;

    public int Count => _waiting.Count;

    /// <summary>When <see cref="TryExpire"/> will next have somebody; null when nobody waits.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            ForgetAnswered();
            return _inOrder.TryPeek(out var id) ? _waiting[id].Deadline : null;
        }
    }

    /// <summary>
    /// Writes the question and remembers who waits for the answer. 0 when there are too many: then the client has no name.
    /// A question that could not be sent is taken back with <see cref="Withdraw"/>.
    /// </summary>
    public int Ask(in InternetAddress address, AccessRules rules, T who, TimeSpan now, Span<byte> message)
    {
        if (_waiting.Count >= Most || !Write(_lastId + 1, address, rules.Names, message, out var length))
        {
            return 0;
        }

        _waiting.Add(++_lastId, new Waiting(who, rules, now + Patience));
        _inOrder.Enqueue(_lastId);
        return length;
    }

    /// <summary>The last question was not sent.</summary>
    public void Withdraw() => _waiting.Remove(_lastId);

    /// <summary>
    /// False when this is no answer: the resolver is broken and has to be started anew. True and nobody: the answer to a question
    /// that was given up meanwhile.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> message, out NamedClient<T>? client)
    {
        client = null;
        var blank = message.IndexOf((byte)' ');
        if (blank < 0 || !TryReadNumber(message[..blank], out var id) || id == 0 || id > _lastId)
        {
            return false;
        }

        var isKnown = _waiting.TryGetValue(id, out var waiting);
        if (!TryReadIndexes(message[(blank + 1)..], isKnown ? waiting!.Rules.Names.Count : AccessReader.MostNames, out var indexes))
        {
            return false;
        }

        client = isKnown ? new NamedClient<T>(waiting!.Who, waiting.Rules, new NameAnswer(indexes)) : null;
        _waiting.Remove(id);
        return true;
    }

    /// <summary>One after another, those who have waited long enough: they have no name.</summary>
    public bool TryExpire(TimeSpan now, [NotNullWhen(true)] out NamedClient<T>? client)
    {
        client = NextDeadline is { } deadline && deadline <= now ? GiveUp(_inOrder.Dequeue()) : null;
        return client is not null;
    }

    /// <summary>The resolver is gone: all who wait have no name.</summary>
    public IReadOnlyList<NamedClient<T>> GiveUpAll()
    {
        ForgetAnswered();
        List<NamedClient<T>> all = [.. _inOrder.Where(_waiting.ContainsKey).ToList().Select(GiveUp)];
        _inOrder.Clear();
        return all;
    }

    private NamedClient<T> GiveUp(ulong id)
    {
        _ = _waiting.Remove(id, out var waiting);
        return new NamedClient<T>(waiting!.Who, waiting.Rules, NameAnswer.Nobody);
    }

    private void ForgetAnswered()
    {
        while (_inOrder.TryPeek(out var id) && !_waiting.ContainsKey(id))
        {
            _ = _inOrder.Dequeue();
        }
    }

    private static bool Write(ulong id, in InternetAddress address, ValueList<string> names, Span<byte> message, out int length)
    {
        _ = Utf8Formatter.TryFormat(id, message, out length);
        message[length++] = (byte)' ';
        length += address.Format(message[length..]);
        foreach (var name in names)
        {
            if (length + 1 + name.Length > message.Length)
            {
                return false;
            }

            message[length++] = (byte)' ';
            length += Encoding.ASCII.GetBytes(name, message[length..]);
        }

        return true;
    }

    private static bool TryReadIndexes(ReadOnlySpan<byte> text, int count, out ValueList<int> indexes)
    {
        indexes = [];
        if (text.SequenceEqual("-"u8))
        {
            return true;
        }

        var read = new List<int>();
        foreach (var range in text.Split((byte)','))
        {
            if (!TryReadNumber(text[range], out var index) || index >= (ulong)count || (read.Count > 0 && (int)index <= read[^1]))
            {
                return false;
            }

            read.Add((int)index);
        }

        indexes = [.. read];
        return true;
    }

    /// <summary>Digits and nothing else.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> text, out ulong number) =>
        Utf8Parser.TryParse(text, out number, out var length) && length == text.Length && char.IsAsciiDigit((char)text[0]);

    private sealed record Waiting(T Who, AccessRules Rules, TimeSpan Deadline);
}
