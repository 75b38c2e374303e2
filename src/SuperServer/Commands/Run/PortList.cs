using System.Globalization;
using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Commands.Run;

/// <summary>Tells whoever has started us which ports the kernel has chosen: in a file, or on standard output.</summary>
/// <param name="file">The file's name, "-" for the output; null: the output, when nobody could know the ports otherwise.</param>
/// <param name="output">Standard output.</param>
internal sealed class PortList(string? file, TextWriter output)
{
    private bool _isOurs;

    /// <summary>Null, or why the file could not be written.</summary>
    public string? Write(ServerConfiguration configuration, IEnumerable<SocketName> addresses)
    {
        var lines = string.Concat(addresses
            .Where(address => address.Port > 0)
            .Select(address => string.Create(CultureInfo.InvariantCulture, $"{address.Port}\n")));
        if (file is null or "-")
        {
            if (file is not null || configuration.Services[0].Listen.Any(endpoint => endpoint.IsAnyPort))
            {
                output.Write(lines);
                output.Flush();
            }

            return null;
        }

        return Write(lines);
    }

    /// <summary>A file that was written is out of date now.</summary>
    public void Remove()
    {
        if (_isOurs)
        {
            File.Delete(file!);
        }
    }

    // Complete or not there at all, for somebody waits for it. What is no regular file, such as a FIFO, is written to as it is.
    private string? Write(string lines)
    {
        try
        {
            if (Path.Exists(file) && FileFacts.Of(file!).Kind == FileKind.Special)
            {
                File.WriteAllText(file!, lines);
                return null;
            }

            File.WriteAllText($"{file}.new", lines);
            File.Move($"{file}.new", file!, overwrite: true);
            _isOurs = true;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"--port-file: {Printable.Escaped(e.Message)}";
        }
    }
}
