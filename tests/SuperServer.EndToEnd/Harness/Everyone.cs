namespace SuperServer.EndToEnd.Harness;

/// <summary>For theories that hold whoever the daemon runs as.</summary>
public static class Everyone
{
    public static TheoryData<Who> All => [Who.Root, Who.OrdinaryUser];
}
