using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A client of a stream service. Everything it waits for has a deadline.</summary>
internal sealed class Client : IDisposable
{
    private readonly Socket _socket;

    private Client(Socket socket) => _socket = socket;

    public EndPoint Local => _socket.LocalEndPoint!;

    /// <summary>With <paramref name="from"/> it has an address of its own: 127.0.0.2 is not 127.0.0.1.</summary>
    public static async Task<Client> Connect(EndPoint to, string? from = null)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        await socket.ConnectAsync(to, Deadline.Soon);
        return new Client(socket);
    }

    /// <summary>Everything the service says until it closes.</summary>
    public static async Task<string> Hear(EndPoint service, string? from = null)
    {
        using var client = await Connect(service, from);
        return await client.ReceiveAll();
    }

    public static async Task<List<Client>> ConnectMany(int count, EndPoint to, string? from = null)
    {
        var clients = new List<Client>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await Connect(to, from));
        }

        return clients;
    }

    /// <summary>Says something, ends its own side, and hears the service out.</summary>
    public static async Task<string> Ask(EndPoint whom, string question, string? from = null)
    {
        using var client = await Connect(whom, from);
        await client.Send(question);
        client.EndSending();
        return await client.ReceiveAll();
    }

    /// <summary>What a connect scan does: a reset as soon as the connection stands. Returns the address it came from.</summary>
    public static async Task<IPEndPoint> ConnectAndReset(EndPoint to)
    {
        using var client = await Connect(to);
        client._socket.LingerState = new LingerOption(enable: true, seconds: 0);
        return (IPEndPoint)client.Local;
    }

    public async Task Send(string text) => await _socket.SendAsync(Encoding.UTF8.GetBytes(text), Deadline.Soon);

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public async Task<string> Receive(int length)
    {
        var bytes = new byte[length];
        for (var got = 0; got < length;)
        {
            var count = await _socket.ReceiveAsync(bytes.AsMemory(got), Deadline.Soon);
            Assert.True(count > 0, $"the service closed after {got} of {length} bytes");
            got += count;
        }

        return Encoding.Latin1.GetString(bytes);
    }

    public async Task<string> ReceiveAll()
    {
        var all = new MemoryStream();
        var buffer = new byte[16384];
        for (int count; (count = await _socket.ReceiveAsync(buffer, Deadline.Soon)) > 0;)
        {
            await all.WriteAsync(buffer.AsMemory(0, count));
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    public void Dispose() => _socket.Dispose();
}
