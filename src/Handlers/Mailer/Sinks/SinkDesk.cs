namespace SuperServer.Handlers.Mailer;

/// <summary>Tells every event, mailed or not, to the places that were asked for beside the mail: event log, syslog, collector.</summary>
#pragma warning disable CA1822 // a sketch
internal sealed class SinkDesk : IDisposable
{
    /// <summary>Events wait to be told.</summary>
    public bool HasWork => false;

    /// <summary>When a sink is to be tried again; null when none waits.</summary>
    public DateTimeOffset? NextTry => null;

    /// <summary>Books what has ended, and starts the next; never waits.</summary>
    public void Turn()
    {
    }

    public void Dispose()
    {
    }
}
