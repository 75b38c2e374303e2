using System.Net.Sockets;

namespace SuperServer.Handlers.Connect;

/// <summary>What goes wrong with connections, and what it mostly means.</summary>
internal static class SocketWords
{
    public static string Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused: nothing listens there",
        SocketError.TimedOut => "no answer",
        SocketError.HostUnreachable or SocketError.HostDown => "the host cannot be reached",
        SocketError.NetworkUnreachable or SocketError.NetworkDown => "the network cannot be reached",
        SocketError.AddressNotAvailable => "the address of --source is not one of this machine, or this machine has no such network",
        SocketError.AddressFamilyNotSupported => "this machine does not speak that kind of address",
        SocketError.AddressAlreadyInUse => "the address is in use",
        SocketError.AccessDenied => "permission denied",
        SocketError.ConnectionReset => "the other side has reset the connection",
        SocketError.Shutdown or SocketError.ConnectionAborted => "the other side has closed the connection",
        SocketError.MessageSize => "the datagram is too long",
        SocketError.NotSocket or SocketError.ProtocolType => "that is no socket that takes connections",
        SocketError.Fault or SocketError.InvalidArgument => "the kernel does not take that address",
        _ => $"{error}",
    };
}
