namespace SuperServer.Handlers.Serving;

/// <summary>The client is gone, or the way to it: nothing that a handler has done wrong.</summary>
internal sealed class ClientGoneException(string why) : IOException($"the client is gone: {why}");
