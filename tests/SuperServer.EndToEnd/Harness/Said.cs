namespace SuperServer.EndToEnd.Harness;

/// <summary>The sentences of the daemon's log that tests look for: how each begins, and which properties it has.</summary>
internal static class Said
{
    public const string Serving = "serving {Services} services as {User}";
    public const string Listening = "{Service} listening on {Endpoint}";
    public const string NoLongerListening = "{Service} no longer listening on {Endpoint}";
    public const string StartedFor = "{Service} {Connection} started for {Peer} at {Local}: pid {Pid}";
    public const string StartedOn = "{Service} {Connection} started on {Local}: pid {Pid}";
    public const string Ended = "{Service} {Connection} ended";
    public const string EndedWithExit = "{Service} {Connection} ended: exit {ExitCode} after";
    public const string EndedBySignal = "{Service} {Connection} ended by signal {Signal} after";
    public const string Refused = "{Service} {Connection} {Peer} refused: {Refusal}";
    public const string CouldNotBeStarted = "{Service} {Connection} {Peer} could not be started: {Step}: {Error}";
    public const string Says = "{Service} {Connection} says: {Line}";
    public const string Reloaded = "reloaded {File}";
    public const string ReloadRefused = "reload of {File} refused";
}
