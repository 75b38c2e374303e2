using System.Net.Sockets;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

/// <summary>The handler on the SDK that does what a test tells it to.</summary>
internal static class Probe
{
    public static HandlerProcess Start(Socket socket, string @do, params (string Name, string Value)[] environment) =>
        HandlerProcess.Start(HandlerProcess.Probe, socket, [Options($$"""{"do":"{{@do}}","idle":"300ms"}"""), .. environment]);

    public static (string Name, string Value) Options(string json) => ("SUPERSERVER_OPTIONS", json);

    /// <summary>Who comes to a process of its own: the client's end, and the process.</summary>
    public static (Socket Client, HandlerProcess Handler) Visit(string @do, params (string Name, string Value)[] environment)
    {
        var (client, accepted) = Sockets.Pair();
        using (accepted)
        {
            return (client, Start(accepted, @do, environment));
        }
    }
}
