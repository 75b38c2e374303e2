namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>How many are kept in the tarpit at once, from one address, and for how long. Whoever finds no room is closed.</summary>
internal sealed record TarpitLimits(int Clients, int PerSource, TimeSpan Time)
{
    private const int UsualClients = 256;
    private const int MostClients = 4096;
    private const int UsualPerSource = 4;
    private const string TimeOption = "tarpit_time";
    private static readonly TimeSpan _usualTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan _longestTime = TimeSpan.FromDays(1);

    public static TarpitLimits From(HandlerOptions options) => new(
        options.Number("tarpit_clients", UsualClients, 0, MostClients),
        options.Number("tarpit_per_source", UsualPerSource, 1, MostClients),
        Limited(options, options.Duration(TimeOption, _usualTime)));

    /// <summary>No more than half of the descriptors: the tripwire must not go deaf because its tarpit is full.</summary>
    public TarpitLimits Within(int descriptors) => this with { Clients = Math.Min(Clients, descriptors / 2) };

    private static TimeSpan Limited(HandlerOptions options, TimeSpan time) =>
        time <= _longestTime ? time : options.Refuse(TimeOption, "must not be longer than a day", _usualTime);
}
