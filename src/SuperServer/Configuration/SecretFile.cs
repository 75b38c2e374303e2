using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>
/// A file with a secret, as the mailer comes to it: by its path, or, when only root may read it, by a descriptor that the daemon opens for
/// it and does not read.
/// </summary>
/// <param name="Path">Where it is.</param>
/// <param name="Descriptor">Its number in the mailer; null: the path will do.</param>
internal sealed record SecretFile(string Path, int? Descriptor = null)
{
    public void WriteTo(Utf8JsonWriter json, string what)
    {
        if (Descriptor is { } descriptor)
        {
            json.WriteNumber($"{what}_fd", descriptor);
        }
        else
        {
            json.WriteString($"{what}_file", Path);
        }
    }
}
