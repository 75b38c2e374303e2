using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// <c>[service.NAME.options]</c>: what a handler is told beside its connection, as JSON in SUPERSERVER_OPTIONS. Those of the
/// built-in handlers are checked here, where a mistake still has a line; an installed handler looks after its own.
/// </summary>
internal static class HandlerOptions
{
    // What the handler sends is at most 1 KiB, with the placeholders filled in.
    private const int LongestMessage = 896;

    private static readonly TimeSpan _shortestIdle = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _longestIdle = TimeSpan.FromDays(1);

    private static readonly string[] _placeholders = ["client_ip", "time", "ref"];

    /// <summary>The JSON; null when there are no options.</summary>
    public static string? Read(TableReader table, ServiceProgram? program)
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

        Check(options, program.Handler);
        return table.Judge(options.Place, OptionsJson.Write(options.Map));
    }

    private static void Check(TableReader options, string handler)
    {
        if (handler == ServicePrograms.Notelnet)
        {
            CheckNotelnet(options);
        }
        else if (ServicePrograms.IsBuiltIn(handler))
        {
            options.Find("idle", Values.Duration(_shortestIdle, _longestIdle));
            options.RefuseTheRest();
        }
    }

    private static void CheckNotelnet(TableReader options)
    {
        options.Find("on_connect", Values.OneOf(("message", true), ("close", false)));
        options.Find("capture", Values.WholeNumber(0, 256));
        if (options.Find("message", Values.Text) is { } message)
        {
            options.Judge(message.Place, Message(message.Value));
        }

        options.RefuseTheRest();
    }

    private static Reading<string> Message(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > LongestMessage)
        {
            return new Objection($"'message' is longer than {LongestMessage} bytes");
        }

        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            var name = close < 0 ? "" : text[(open + 1)..close];
            if (!_placeholders.Contains(name))
            {
                var shown = Printable.Quoted(close < 0 ? text[open..] : text[open..(close + 1)]);
                return new Objection($"'message' may hold {{client_ip}}, {{time}} and {{ref}}, not {shown}");
            }
        }

        return text;
    }
}
