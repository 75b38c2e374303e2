using System.Runtime.InteropServices;
using System.Text;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>
/// Everything about starting a service's program that does not depend on who comes: looked up once when the file is read, and
/// kept in native memory in the form in which spawn.c takes it.
/// </summary>
internal sealed unsafe class LaunchPlan : IDisposable
{
    private readonly NativeStrings _arguments;
    private readonly NativeStrings _environment;
    private readonly uint* _groups;

    public LaunchPlan(ServiceDefinition service, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        IsDatagram = service.Listen is [{ Transport: Transport.Udp }, ..];
        _arguments = new NativeStrings(service.Arguments);
        FreePlaces = PlacesFor(service);
        _environment = new NativeStrings(EnvironmentOf(service, inherited), FreePlaces);

        CommonVariables = Encoding.UTF8.GetBytes($"SUPERSERVER_SERVICE={service.Name}\0");
        var identity = service.Identity;
        _groups = (uint*)NativeMemory.Alloc((nuint)Math.Max(1, identity.SupplementaryGroups.Count), sizeof(uint));
        identity.SupplementaryGroups.AsSpan().CopyTo(new Span<uint>(_groups, identity.SupplementaryGroups.Count));

        Native = (Spawn.Plan*)NativeMemory.AllocZeroed((nuint)sizeof(Spawn.Plan));
        *Native = new Spawn.Plan
        {
            Path = _arguments.Copy(service.Program),
            Arguments = _arguments.Pointers,
            Directory = _arguments.Copy(service.WorkingDirectory),
            Groups = _groups,
            GroupCount = (uint)identity.SupplementaryGroups.Count,
            Uid = identity.Uid,
            Gid = identity.Gid,
            Umask = (uint)service.Umask,
            Flags = (identity.IsSwitched ? Spawn.SwitchIdentity : 0) | (service.NoNewPrivileges ? Spawn.NoNewPrivileges : 0),
        };
    }

    public Spawn.Plan* Native { get; }

    /// <summary>Its clients send datagrams, which decides the names of the variables about them.</summary>
    public bool IsDatagram { get; }

    /// <summary>The environment array; the free places at its end are filled for each connection.</summary>
    public byte** Environment => _environment.Pointers;

    /// <summary>Where the free places begin.</summary>
    public int FixedVariables => _environment.Count;

    /// <summary>How many there are, one of them for the null at the end.</summary>
    public int FreePlaces { get; }

    /// <summary>The variables that are the same for all connections of the service, as a message to a worker has them.</summary>
    public byte[] CommonVariables { get; }

    public void Dispose()
    {
        _arguments.Dispose();
        _environment.Dispose();
        NativeMemory.Free(_groups);
        NativeMemory.Free(Native);
    }

    private static int PlacesFor(ServiceDefinition service) =>
        ChildEnvironment.MaxVariables + (service.MayHavePassages ? ChildEnvironment.MaxVariablesOfPassage : 0);

    private static List<string> EnvironmentOf(ServiceDefinition service, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        var variables = inherited.ToDictionary(variable => variable.Name, variable => variable.Value);
        foreach (var variable in service.Environment)
        {
            variables[variable.Name] = variable.Value;
        }

        variables["SUPERSERVER_SERVICE"] = service.Name;
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
