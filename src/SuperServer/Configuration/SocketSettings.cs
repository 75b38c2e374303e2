namespace SuperServer.Configuration;

/// <summary>Options of a service's sockets (socket(7), tcp(7), ip(7)); null leaves the kernel's own value.</summary>
internal sealed record SocketSettings;
