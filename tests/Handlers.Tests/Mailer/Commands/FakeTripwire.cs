using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>A port that records who comes, in a workshop's spool, and hangs up; or one that forgets to.</summary>
internal sealed class FakeTripwire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Workshop _workshop;
    private readonly bool _records;

    public FakeTripwire(Workshop workshop, bool records = true)
    {
        (_workshop, _records) = (workshop, records);
        _listener.Start();
        workshop.Tripwires = $$$"""[{"name":"telnet","user":"notelnet","mode":"nowait","listen":["tcp:{{{_listener.LocalEndpoint}}}"],"options":{}}]""";
        _ = Serve();
    }

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var visitor = await _listener.AcceptSocketAsync();
                Record((IPEndPoint)visitor.RemoteEndPoint!);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }

    private void Record(IPEndPoint visitor)
    {
        if (_records)
        {
            _workshop.Append(AlertWriter.Write(Workshop.SomeTouch() with
            {
                Source = new AlertSource(visitor.Address, visitor.Port, Neighbourhood.Loopback, Mapped: false),
                At = DateTimeOffset.UtcNow,
            }));
        }
    }
}
