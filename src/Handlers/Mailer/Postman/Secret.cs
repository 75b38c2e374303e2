using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>Reads a secret at each use, so that a new one needs no restart, and forgets it.</summary>
internal static class Secret
{
    private const int Longest = 64 * 1024;

    /// <param name="source">Where.</param>
    /// <param name="what">What it is, for the complaint.</param>
    /// <exception cref="SecretException">It cannot be read, or there is nothing in it.</exception>
    public static string Read(SecretSource source, string what)
    {
        try
        {
            using var file = source.Descriptor is { } descriptor
                ? new SafeFileHandle(descriptor, ownsHandle: false)
                : File.OpenHandle(source.Path!);
            var bytes = new byte[Longest];
            var length = RandomAccess.Read(file, bytes, 0);
            return Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\r', '\n') is { Length: > 0 } secret
                ? secret
                : throw new SecretException(FailureClass.Configuration, $"the {what} file is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SecretException(FailureClass.Configuration, $"the {what} file cannot be read: {error.Message}");
        }
    }
}
