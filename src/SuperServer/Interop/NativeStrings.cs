using System.Runtime.InteropServices;
using System.Text;

namespace SuperServer.Interop;

/// <summary>
/// A null-terminated array of C strings with room for more at its end, in memory that the collector neither moves nor frees:
/// what execve wants for arguments and environment.
/// </summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly List<nint> _blocks = [];

    /// <param name="strings">Strings without NUL; they are copied as UTF-8.</param>
    /// <param name="room">Free places after them, for pointers that change with every connection.</param>
    public NativeStrings(IReadOnlyCollection<string> strings, int room = 0)
    {
        Pointers = (byte**)Keep(NativeMemory.AllocZeroed((nuint)(strings.Count + room + 1), (nuint)sizeof(byte*)));
        Count = strings.Count;
        var index = 0;
        foreach (var text in strings)
        {
            Pointers[index++] = Copy(text);
        }
    }

    public byte** Pointers { get; }

    /// <summary>The strings given at construction; the room begins at this index.</summary>
    public int Count { get; }

    /// <summary>A NUL-terminated copy that lives as long as this object.</summary>
    public byte* Copy(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var copy = (byte*)Keep(NativeMemory.Alloc((nuint)length + 1));
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
        copy[length] = 0;
        return copy;
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            NativeMemory.Free((void*)block);
        }

        _blocks.Clear();
    }

    private void* Keep(void* block)
    {
        _blocks.Add((nint)block);
        return block;
    }
}
