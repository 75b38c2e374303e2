namespace SuperServer.EndToEnd.Harness;

/// <summary>Who the daemon under test runs as.</summary>
public enum Who
{
    Root,
    OrdinaryUser,
}
