using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Control;
using SuperServer.Hosting;

namespace SuperServer;

/// <summary>The part about sources that are let in nowhere: who gets there, how they are remembered, and how they get out.</summary>
internal sealed partial class Dispatcher
{
    private static readonly TimeSpan _barsMayWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _disksRest = TimeSpan.FromMinutes(1);

    private readonly BarsFile _barsFile;
    private long _savedBars;

    // Whoever touches a sensor, but for those whom its own rules keep out.
    private void BarVisitor(Service service, in Peer peer, Refusal? objection)
    {
        if (service.Definition.Limits.Sensor is not null && objection is not { IsAboutAddress: true }
            && _gate.BarVisitor(service.Definition, peer, _moment) is { } bar)
        {
            Remember(service, Source.Of(peer, service.Definition.Limits.SourcePrefix), bar);
        }
    }

    // The program behind the port has said that its client deserves it (EX_NOPERM).
    private void Punish(Service service, Connection? connection, int? exitCode)
    {
        if (exitCode == Reaping.Ending.NotPermitted && connection is not null
            && _gate.BarOffender(service.Definition, connection.Source, connection.Peer, _moment) is { } bar)
        {
            Remember(service, connection.Source, bar);
        }
    }

    private void Remember(Service service, Source source, in Bar bar)
    {
        _journal.Barred(service.Definition, source, bar, Now);
        SaveBarsSoon();
    }

    private void RecallBars()
    {
        var (text, why) = _barsFile.Read();
        var (bars, broken) = BarLines.Read(text, Now, Utc);
        _gate.Bars.Recall(bars, Now);
        _savedBars = _gate.Bars.Version;
        if (why is not null || broken.Count > 0)
        {
            _journal.BarsNotRead(why ?? $"lines {string.Join(", ", broken.Take(20))} of the file make no sense and were passed over");
        }
    }

    private void SaveBarsSoon()
    {
        if (_agenda.When(Errand.SaveBars, 0) is null)
        {
            _agenda.Set(Errand.SaveBars, 0, Now + _barsMayWait);
        }
    }

    // The disk is waited for by another thread; what changes meanwhile goes with the next time.
    private void SaveBars()
    {
        if (_barsFile.TakeFailure() is { } why)
        {
            _journal.BarsNotKept(why);
            _savedBars = -1;    // no version: all of them are to be written still
            _agenda.Set(Errand.SaveBars, 0, Now + _disksRest);
            return;
        }

        if (_savedBars == _gate.Bars.Version)
        {
            return;
        }

        var version = _gate.Bars.Version;
        if (_barsFile.TryWriteBehind(BarLines.Write(_gate.Bars.All(), Now, Utc)))
        {
            _savedBars = version;
        }

        SaveBarsSoon();     // to see how it went
    }

    private void SaveBarsAtLast()
    {
        var isSaved = _savedBars == _gate.Bars.Version && _barsFile.TakeFailure(waits: true) is null;
        if (!isSaved && _barsFile.Write(BarLines.Write(_gate.Bars.All(), Now, Utc)) is { } why)
        {
            _journal.BarsNotKept(why);
        }
    }

    private DateTime Utc => _clock.GetUtcNow().UtcDateTime;

    private List<BarReport> Bars() =>
    [
        .. _gate.Bars.All().Where(entry => entry.Bar.Holds(Now)).Select(entry => new BarReport
        {
            Source = entry.Source.ToString(),
            Until = _clock.GetUtcNow() + (entry.Bar.Until - Now),
            Strikes = entry.Bar.Strikes,
            By = entry.Bar.By,
        }),
    ];

    private Answer Lift(string text)
    {
        var count = 0;
        if (text == "all")
        {
            count = _gate.Bars.All().Select(entry => entry.Source).ToList().Sum(_gate.Bars.Lift);
        }
        else if (Source.TryParse(text, out var source))
        {
            count = _gate.Bars.Lift(source);
        }
        else
        {
            return Answer.Failed($"'{text}' is neither an address nor a network, nor \"uid=NUMBER\", nor \"all\"");
        }

        _journal.Lifted(text, count);
        SaveBarsSoon();
        return new Answer { Lifted = count };
    }
}
