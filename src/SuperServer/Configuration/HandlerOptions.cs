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
        if (program?.Handler == ServicePrograms.Ident)
        {
            IdentOptions.CheckListening(table, listening);
        }

        var title = $"handler {Printable.Quoted(program?.Handler ?? "")}";
        if (table.Table("options", title, "as in [service.NAME.options]") is not { } options || program is null)
        {
            Miss(table, program?.Handler);
            return null;
        }

        if (program.Handler is null)
        {
            table.Report(table.PlaceOf("options"),
                "'options' are for handlers; a program gets arguments in 'exec' and variables in 'env'");
            return null;
        }

        Check(program.Handler, options, mode, listening);
        return table.Judge(options.Place, OptionsJson.Write(options.Map));
    }

    private static void Miss(TableReader table, string? handler)
    {
        var missing = handler switch
        {
            ServicePrograms.Redirect => "'redirect' needs to know where to: add options = { to = \"tcp:HOST:PORT\" }",
            ServicePrograms.File => "'file' needs something to say: add options = { text = \"…\" } or options = { path = \"FILE\" }",
            _ => null,
        };
        if (missing is not null && !table.Owns("options"))
        {
            table.Report(table.PlaceOf("handler"), missing);
        }
    }

    private static void Check(string handler, TableReader options, ServiceMode? mode, IReadOnlyList<ListenEntry> listening)
    {
        switch (handler)
        {
            case ServicePrograms.Notelnet:
                new NotelnetOptions(options, mode, listening).Check();
                break;

            case ServicePrograms.File:
                AnnouncementOptions.Check(options, listening);
                break;

            case ServicePrograms.Ident:
                IdentOptions.Check(options);
                break;

            case ServicePrograms.Qotd:
                options.Find("path", Values.AbsolutePath);
                options.Find("idle", IdleTimes);
                options.RefuseTheRest();
                break;

            case ServicePrograms.Redirect:
                new RedirectOptions(options, listening).Check();
                break;

            case ServicePrograms.Tcpmux:
                TcpmuxReader.CheckOptions(options);
                break;

            case var _ when ServicePrograms.IsBuiltIn(handler):
                options.Find("idle", IdleTimes);
                options.RefuseTheRest();
                break;
        }
    }
}
