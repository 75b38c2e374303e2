using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// <c>[service.NAME.options]</c>: what a handler is told beside its connection, as JSON in SUPERSERVER_OPTIONS. Those of the
/// built-in handlers are checked here, where a mistake still has a line; an installed handler looks after its own.
/// </summary>
internal static class HandlerOptions
{
    /// <summary>How long a server of ours may stay when nobody comes.</summary>
    public static Func<TomlNode, Reading<TimeSpan>> IdleTimes { get; } =
        Values.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));

    /// <summary>The JSON; null when there are no options.</summary>
    public static string? Read(
        TableReader table, ServiceProgram? program, ServiceMode? mode, IReadOnlyList<ListenEntry> listening)
    {
        var title = $"handler {Printable.Quoted(program?.Handler ?? "")}";
        if (table.Table("options", title, "as in [service.NAME.options]") is not { } options || program is null)
        {
            return null;
        }

        if (program.Handler is null)
        {
            table.Report(table.PlaceOf("options"),
                "'options' are for handlers; a program gets arguments in 'exec' and variables in 'env'");
            return null;
        }

        if (program.Handler == ServicePrograms.Notelnet)
        {
            new NotelnetOptions(options, mode, listening).Check();
        }
        else if (ServicePrograms.IsBuiltIn(program.Handler))
        {
            options.Find("idle", IdleTimes);
            options.RefuseTheRest();
        }

        return table.Judge(options.Place, OptionsJson.Write(options.Map));
    }
}
