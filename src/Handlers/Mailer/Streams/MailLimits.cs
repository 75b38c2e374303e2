namespace SuperServer.Handlers.Mailer;

/// <summary>
/// How many mails may still be written. Each mail spends a token that comes back an hour (or a day) later, so that in no hour there
/// are more than the administrator allowed, wherever the hour begins. What was spent is in the store: a restart gives nothing back.
/// </summary>
internal sealed class MailLimits
{
    /// <summary>Spent by letters that belong to no stream; they count for the host alone.</summary>
    public const string SelfCheck = "self-check";

    /// <summary>Spent by a surge mail besides its stream's token.</summary>
    public const string Surge = "surge";

    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private readonly Timeline _timeline;
    private readonly MailCap _outside;
    private readonly MailCap _inside;
    private readonly int _host;
    private readonly List<(string Name, TimeSpan At)> _spent;

    public MailLimits(Store store, MailerOptions options, Timeline timeline)
    {
        _timeline = timeline;
        _outside = options.Cap;
        _inside = options.InsideCap;
        _host = options.HostCapPerHour;
        _spent = [.. store.Spent().Select(token => (token.Name, timeline.Since(token.At))).OrderBy(token => token.Item2)];
    }

    public bool MaySurge => UntilBack([Surge], 1, _hour) == TimeSpan.Zero;

    /// <summary>How long a mail of this class has to wait for its tokens; zero: it may go.</summary>
    public TimeSpan WaitFor(StreamClass streamClass)
    {
        string[] names = [StreamClasses.Name(streamClass)];
        var cap = streamClass == StreamClass.Inside ? _inside : _outside;
        return new[] { UntilBack(names, cap.PerHour, _hour), UntilBack(names, cap.PerDay, _day), WaitForHost }.Max();
    }

    public TimeSpan WaitForHost => UntilBack(
        [StreamClasses.Name(StreamClass.Outside), StreamClasses.Name(StreamClass.Inside), SelfCheck], _host, _hour);

    /// <summary>A mail that spends these is in the store.</summary>
    public void Spend(IEnumerable<string> names)
    {
        _spent.RemoveAll(token => token.At <= _timeline.Now - _day);
        _spent.AddRange(names.Select(name => (name, _timeline.Now)));
    }

    private TimeSpan UntilBack(string[] names, int cap, TimeSpan back)
    {
        var since = _timeline.Now - back;
        var gone = _spent.Where(token => names.Contains(token.Name) && token.At > since).Select(token => token.At).ToList();
        return gone.Count < cap ? TimeSpan.Zero : gone[^cap] - since;
    }
}
