using System.Net;
using SuperServer.Configuration;

namespace SuperServer.Tests;

/// <summary>Boring values: a test names only what matters to it, with <c>Some.Service with { … }</c>.</summary>
internal static class Some
{
    public static Identity Self { get; } = new()
    {
        User = "self",
        Group = "self",
        Uid = 0,
        Gid = 0,
        SupplementaryGroups = [],
        IsSwitched = false,
    };

    public static Endpoint Endpoint { get; } = new() { Transport = Transport.Tcp, Address = new IPEndPoint(IPAddress.Loopback, 0) };

    public static ServiceDefinition Service { get; } = new()
    {
        Name = "some",
        Listen = [Endpoint],
        Program = "/bin/true",
        Arguments = ["true"],
        Identity = Self,
    };
}
