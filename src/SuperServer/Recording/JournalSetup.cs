using System.Globalization;
using System.Text;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using SuperServer.Configuration;

namespace SuperServer.Recording;

/// <summary>Builds Serilog for the daemon: text or compact JSON on standard output, which systemd, containers and people read.</summary>
internal static class JournalSetup
{
    private const string Text = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Makes the logger; its level can be changed while it runs.</summary>
    /// <param name="format">How a line looks.</param>
    /// <param name="level">From which level on lines are written.</param>
    /// <param name="open">Opens another stream than standard output.</param>
    public static Logger CreateLogger(LogFormat format, LoggingLevelSwitch level, Func<Stream>? open = null)
    {
        TakeConsoleWithoutTerminal(open ?? Console.OpenStandardOutput);
        var inner = new LoggerConfiguration().MinimumLevel.Verbose();
        inner = format == LogFormat.Json
            ? inner.WriteTo.Console(new CompactJsonFormatter())
            : inner.WriteTo.Console(outputTemplate: Text, formatProvider: CultureInfo.InvariantCulture);

        return new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            .WriteTo.Sink(new BackgroundSink(inner.CreateLogger()))
            .CreateLogger();
    }

    public static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Information,
    };

    // Console.Out on a terminal installs a handler for SIGCHLD, which as PID 1 reaps our children before we do (pal_signal.c of
    // the runtime). The bare stream does not; and unlike a FileStream it appends, wherever others have written meanwhile.
    private static void TakeConsoleWithoutTerminal(Func<Stream> open) => Console.SetOut(
        new StreamWriter(open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
}
