namespace SuperServer.Handlers.Serving;

/// <summary>Whom a datagram came from and which address of ours it was sent to: what an answer needs.</summary>
/// <param name="Name">A struct sockaddr; empty on a socket that has one peer.</param>
/// <param name="Asked">What the answer is sent from; null when the kernel decides.</param>
internal sealed record WayBack(byte[] Name, LocalAddress? Asked);
