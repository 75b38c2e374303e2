using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// The name server of these tests (script/end-to-end), which answers whatever a stranger who owns a reverse zone may answer: names are
/// bytes, and a label may hold any.
/// </summary>
internal sealed class NameServer : IDisposable
{
    private const ushort Address = 1;
    private const ushort Pointer = 12;
    private const int HeaderLength = 12;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Dictionary<string, byte[][]> _names = [];
    private readonly Dictionary<string, IPAddress> _addresses = [];
    private readonly HashSet<string> _silent = [];
    private readonly Thread _thread;

    public NameServer()
    {
        _socket.Bind(IPEndPoint.Parse("127.0.0.99:53"));
        _thread = new Thread(Answer) { IsBackground = true, Name = "name server" };
        _thread.Start();
    }

    /// <summary>The address is called so; each part is one label, of any bytes.</summary>
    public NameServer Calls(string address, params string[] labels)
    {
        lock (_names)
        {
            _names[ReverseName(address)] = [.. labels.Select(Encoding.Latin1.GetBytes)];
        }

        return this;
    }

    /// <summary>The name leads to this address.</summary>
    public NameServer Leads(string name, string address)
    {
        lock (_names)
        {
            _addresses[name] = IPAddress.Parse(address);
        }

        return this;
    }

    /// <summary>Who asks for this address' name hears nothing.</summary>
    public NameServer IsSilentAbout(string address)
    {
        lock (_names)
        {
            _silent.Add(ReverseName(address));
        }

        return this;
    }

    public void Dispose()
    {
        _socket.Close();
        _thread.Join();
    }

    private static string ReverseName(string address) => string.Join('.', address.Split('.').Reverse()) + ".in-addr.arpa";

    private void Answer()
    {
        var question = new byte[512];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var length = _socket.ReceiveFrom(question, ref from);
                if (Reply(question.AsSpan(0, length)) is { } answer)
                {
                    _socket.SendTo(answer, from);
                }
            }
        }
        catch (SocketException)
        {
            // Closed: that is the end.
        }
        catch (ObjectDisposedException)
        {
        }
    }

    // RFC 1035 §4.1: header, the question again, and one answer that points back at its name.
    private byte[]? Reply(ReadOnlySpan<byte> question)
    {
        var (name, end) = NameAt(question);
        var kind = BinaryPrimitives.ReadUInt16BigEndian(question[end..]);
        lock (_names)
        {
            if (_silent.Contains(name))
            {
                return null;
            }

            var data = kind switch
            {
                Pointer when _names.TryGetValue(name, out var labels) => Packed(labels),
                Address when _addresses.TryGetValue(name, out var address) => address.GetAddressBytes(),
                _ => null,
            };
            var isKnown = data is not null || _addresses.ContainsKey(name);
            byte[] header =
            [
                question[0], question[1], 0x81, (byte)(isKnown ? 0x80 : 0x83), 0, 1, 0, (byte)(data is null ? 0 : 1), 0, 0, 0, 0,
            ];
            byte[] answer = data is null ? [] : [0xc0, HeaderLength, (byte)(kind >> 8), (byte)kind, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data];
            return [.. header, .. question[HeaderLength..(end + 4)], .. answer];
        }
    }

    private static (string Name, int End) NameAt(ReadOnlySpan<byte> question)
    {
        var labels = new List<string>();
        var at = HeaderLength;
        while (question[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(question.Slice(at + 1, question[at])));
            at += question[at] + 1;
        }

        return (string.Join('.', labels), at + 1);
    }

    private static byte[] Packed(byte[][] labels) => [.. labels.SelectMany(label => (byte[])[(byte)label.Length, .. label]), 0];
}
