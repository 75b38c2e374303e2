using System.Text.Json;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Tls;

/// <summary>Certificates for a whole class of tests: a server's for <c>www.example.org</c> below an intermediate authority.</summary>
public sealed class TlsHouse : IDisposable
{
    private readonly Folder _folder = new();

    public TlsHouse()
    {
        Root = Authority.Root("Root");
        Between = Root.Intermediate("Between");
        (Certificate, Key) = Write("www", Between.Server("www.example.org"));
        Authorities = _folder.In("authorities.pem");
        File.WriteAllText(Authorities, Between.Pem + Root.Pem);
    }

    internal Authority Root { get; }

    internal Authority Between { get; }

    public string Certificate { get; }

    public string Key { get; }

    public string Authorities { get; }

    public string In(string name) => _folder.In(name);

    public (string Certificate, string Key) Write(string name, (string Chain, string Key) pem)
    {
        File.WriteAllText(_folder.In($"{name}.pem"), pem.Chain);
        File.WriteAllText(_folder.In($"{name}.key"), pem.Key);
        return (_folder.In($"{name}.pem"), _folder.In($"{name}.key"));
    }

    /// <summary>The daemon with a worker that has the house's certificate, and these options more.</summary>
    internal PoolDaemon Worker(params (string Name, object Value)[] options)
    {
        var all = new Dictionary<string, object> { ["certificate"] = Certificate, ["key"] = Key };
        foreach (var (name, value) in options)
        {
            all[name] = value;
        }

        return WorkerWith(all);
    }

    internal static PoolDaemon WorkerWith(object options) => new("tls", ("SUPERSERVER_OPTIONS", JsonSerializer.Serialize(options)));

    public void Dispose() => _folder.Dispose();
}
