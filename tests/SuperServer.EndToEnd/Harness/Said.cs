namespace SuperServer.EndToEnd.Harness;

/// <summary>The sentences of the daemon's log that tests look for: how each begins, and which properties it has.</summary>
internal static class Said
{
    public const string Serving = "serving {Services} services as {User}";
    public const string Listening = "{Service} listening on {Endpoint}";
    public const string NoLongerListening = "{Service} no longer listening on {Endpoint}";
    public const string StartedFor = "{Service} {Connection} started for {Peer} at {Local}: pid {Pid}";
    public const string StartedByWayOf = "{Service} {Connection} started for {Peer} by way of {Proxy} at {Local}: pid {Pid}";
    public const string StartedOn = "{Service} {Connection} started on {Local}: pid {Pid}";
    public const string Ended = "{Service} {Connection} ended";
    public const string EndedWithExit = "{Service} {Connection} ended: exit {ExitCode} after";
    public const string EndedBySignal = "{Service} {Connection} ended by signal {Signal} after";
    public const string Refused = "{Service} {Connection} {Peer} refused: {Refusal}";
    public const string RefusedByWayOf = "{Service} {Connection} {Peer} by way of {Proxy} refused: {Refusal}";
    public const string IsAtWork = "{Service} {Connection} is at work for {Key}: pid {Pid}";
    public const string IsToEnd = "{Service} {Connection}, at work for {Key}, is told to end";
    public const string AsksFor = "{Service} {Connection} {Peer} asks for {Name}";
    public const string CouldNotBeStarted = "{Service} {Connection} {Peer} could not be started: {Step}: {Error}";
    public const string Says = "{Service} {Connection} says: {Line}";
    public const string Reloaded = "reloaded {File}";
    public const string ReloadRefused = "reload of {File} refused";
    public const string IsWorker = "{Service} {Connection} is a worker of the pool: pid {Pid}";
    public const string Nonsense = "{Service} {Connection} has sent a message that is not";
    public const string Overtime = "{Service} {Connection} has run for {Seconds} s and is told to end";
    public const string Killed = "{Service} {Connection} did not end when it was told to and is killed";
    public const string IsInState = "{Service} is {State} (was {Before}){Why}{Until}";
    public const string CannotListen = "{Service} cannot listen on {Endpoint}";
    public const string TookOver = "took over {Listeners} listeners and {Children} children";
    public const string NotTakenOver = "{Program} does not take over, nothing was changed";
    public const string Row = "{Row}";
    public const string Full = "{Service} is full, clients wait in the backlog: {Refusal}";
}
