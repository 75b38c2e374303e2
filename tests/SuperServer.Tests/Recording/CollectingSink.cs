using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace SuperServer.Tests.Recording;

/// <summary>Keeps what was logged.</summary>
internal sealed class CollectingSink : ILogEventSink
{
    public List<LogEvent> Events { get; } = [];

    public IEnumerable<string> Lines => Events.Select(line => line.RenderMessage(CultureInfo.InvariantCulture));

    public void Emit(LogEvent logEvent) => Events.Add(logEvent);
}
