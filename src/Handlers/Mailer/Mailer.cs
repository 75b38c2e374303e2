namespace SuperServer.Handlers.Mailer;

/// <summary>Builds the parts and runs them; every way in which that can fail ends in one clear line and an exit code.</summary>
internal static class Mailer
{
    public static int Run()
    {
        if (Surroundings.Read(Environment.GetEnvironmentVariable, out var missing) is not { } surroundings)
        {
            Log.Say($"not set: {missing}. The superserver starts this program; see superserver-mailer --help for running it by hand");
            return ExitCode.Usage;
        }

        try
        {
            return Run(surroundings, OptionsReader.Read(surroundings.Options, surroundings.Host));
        }
        catch (Exception wrong) when (wrong is OptionsException or NewerStoreException)
        {
            Log.Say($"error: {wrong.Message}");
            return ExitCode.Configuration;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException || Store.IsTrouble(trouble))
        {
            Log.Say($"error: {trouble.Message}; what was recorded is kept and tried again");
            return ExitCode.StillWaiting;
        }
    }

    private static int Run(Surroundings surroundings, MailerOptions options)
    {
        ReverseLookup.LimitPatience();
        using var bell = new Doorbell(StandardInput.MoveAway());
        using var orders = new Orders(bell, surroundings.Daemon);
        using var ours = StoreLock.Take(surroundings.Store, () => orders.MustStop || orders.IsOrphan);
        return ours is null ? ExitCode.StillWaiting : Run(surroundings, options, bell, orders);
    }

    private static int Run(Surroundings surroundings, MailerOptions options, Doorbell bell, Orders orders)
    {
        var clock = new BootClock();
        var house = new House(surroundings.Host, options.Machine);
        var ballast = new Ballast(surroundings.Store);
        using var store = Open(surroundings, ballast, clock);
        var resolvers = new Resolvers(ReverseLookup.Find, clock);
        var visitors = MakeVisitors(options, resolvers, clock);
        var names = new NameDesk(store, options.Resolve ? resolvers : null);
        var composer = new Composer(store, names, new LetterWriter(surroundings.Host, options), options, clock);
        var postman = Postman.For(options.Transports, transport => Transports.Make(transport, surroundings.Host));
        using var outgoing = new Outgoing(store, postman, options, house, bell, clock);
        var intake = new Intake(new SpoolRoot(surroundings.Spool), store, visitors, options.InsidePace.Calm, clock);
        var shortage = new Shortage(ballast, store, clock);
        var troubles = new FeedTroubles(clock, Log.Say);
        using var eventLog = options.Feeds.EventLog is { } path ? new EventLog(path) : null;
        using var collector = options.Feeds.Collector is { } place ? new Collector(store, place, house, bell.Ring, troubles, clock) : null;
        List<Feed> feeds = [.. new Feed?[] { eventLog, options.Feeds.SystemLog ? SystemLog.OfThisHost(clock) : null }.OfType<Feed>()];
        store.DeclareFeeds([.. feeds.Select(feed => feed.Name), .. collector is null ? [] : new[] { Collector.Feed }], house);
        var records = new RecordDesk(store, new Chronicler(store, names, clock), feeds, collector, troubles);
        try
        {
            return new PostOffice(
                intake, visitors, store, shortage, composer, outgoing, records, names, bell, orders, options, clock).Run();
        }
        catch (Exception damage) when (Store.IsDamage(damage))
        {
            Log.Say($"error: the alert store is damaged ({damage.Message}); it is kept as {StoreFile.SetAside(surroundings.Store, clock)}");
            return ExitCode.StillWaiting;
        }
    }

    // SQLite needs a little room even to look at its file.
    private static Store Open(Surroundings surroundings, Ballast ballast, TimeProvider clock)
    {
        try
        {
            return StoreFile.Open(surroundings.Store, clock);
        }
        catch (Exception error) when (Store.IsFull(error) && ballast.Free())
        {
            return StoreFile.Open(surroundings.Store, clock);
        }
    }

    private static Visitors MakeVisitors(MailerOptions options, Resolvers resolvers, TimeProvider clock)
    {
        var home = new HomeNetworks(options.InsideNetworks, HomeNetworks.OfInterfaces, clock);
        var ignored = new IgnoreList(options, new HostBook(resolvers, ReverseLookup.Addresses, clock), Log.Say);
        return new Visitors(home.ClassOf, address => ignored.EntryFor(address) is not null, [home.Refresh, ignored.Refresh]);
    }
}
