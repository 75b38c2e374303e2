using System.Diagnostics;

namespace SuperServer.Handlers.Mailer;

/// <summary>One step of a delivery that went well.</summary>
/// <param name="Name"><c>name</c>, <c>connect</c>, <c>greeting</c>, <c>tls</c>, <c>certificate</c>, <c>log-in</c>, <c>sender</c>, <c>recipient</c>, <c>message</c>.</param>
/// <param name="Words">What there is to say of it, made safe to show.</param>
/// <param name="Facts">The same for programs, by names.</param>
/// <param name="Took">Since the step before it.</param>
internal sealed record Step(string Name, string Words, IReadOnlyDictionary<string, string> Facts, TimeSpan Took);

/// <summary>
/// Hears how a delivery goes, step by step, for <c>alert test</c>; a mail that is sent in earnest has none. No secret reaches it.
/// </summary>
/// <param name="hear">Told of each step.</param>
/// <param name="overhear">Told of each line that either side says; null when nobody wants to know.</param>
internal sealed class Witness(Action<Step> hear, Action<string>? overhear)
{
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>What is being tried: where a failure belongs.</summary>
    public string Stage { get; private set; } = "name";

    public void Begins(string stage) => Stage = stage;

    public void Hear(string name, string words, params ReadOnlySpan<(string Name, string Value)> facts)
    {
        var now = Stopwatch.GetTimestamp();
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in facts)
        {
            named[key] = value;
        }

        hear(new Step(name, words, named, Stopwatch.GetElapsedTime(_last, now)));
        _last = now;
    }

    public void Overhear(string line) => overhear?.Invoke(line);
}
