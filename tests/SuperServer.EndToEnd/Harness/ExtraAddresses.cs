namespace SuperServer.EndToEnd.Harness;

/// <summary>Addresses that the loopback interface of root's tests has for a while.</summary>
internal sealed class ExtraAddresses : IAsyncDisposable
{
    private readonly string[] _addresses;

    private ExtraAddresses(string[] addresses) => _addresses = addresses;

    public static async Task<ExtraAddresses> Add(params string[] addresses)
    {
        Machine.MustAllow(Who.Root);
        foreach (var address in addresses)
        {
            (await Command.Run("ip", "-6", "address", "add", $"{address}/128", "dev", "lo", "nodad")).Succeeded();
        }

        return new ExtraAddresses(addresses);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var address in _addresses)
        {
            _ = await Command.Run("ip", "-6", "address", "del", $"{address}/128", "dev", "lo");
        }
    }
}
