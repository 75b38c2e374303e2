using System.Globalization;
using System.Text.Json;

namespace SuperServer.Handlers.Mailer;

/// <summary>A service that records who touches it, as the daemon's configuration has it.</summary>
internal sealed class Tripwire
{
    private const int TelnetPort = 23;
    private const int UsualCapture = 256;

    private readonly JsonElement _options;

    private Tripwire(JsonElement json)
    {
        Name = json.GetProperty("name").GetString()!;
        Mode = json.GetProperty("mode").GetString()!;
        Ears = [.. json.GetProperty("listen").EnumerateArray().Select(text => Ear.Parse(text.GetString()!))];
        _options = json.GetProperty("options").Clone();
    }

    public string Name { get; }

    /// <summary><c>nowait</c>, <c>wait</c> or <c>pool</c>.</summary>
    public string Mode { get; }

    public IReadOnlyList<Ear> Ears { get; }

    /// <exception cref="CommandException">It is not what <c>superserver alert</c> sets.</exception>
    public static IReadOnlyList<Tripwire> All(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(service => new Tripwire(service))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CommandException(ExitCode.Usage, $"SUPERSERVER_TRIPWIRES is not what \"superserver alert\" sets: {error.Message}");
        }
    }

    /// <summary>What a visitor of this port gets: <c>message</c>, <c>close</c>, <c>reset</c>, <c>tarpit</c>, or <c>silent</c> for a datagram.</summary>
    public string OnConnect(string protocol, int? port) => protocol == "udp"
        ? "silent"
        : Option("on_connect", port)?.GetString() ?? (port == TelnetPort ? "message" : "close");

    /// <summary>How many of a visitor's first bytes are kept.</summary>
    public int Capture(int? port) => Option("capture", port) is { ValueKind: JsonValueKind.Number } capture ? capture.GetInt32() : UsualCapture;

    // What a port does not say for itself the service says for it.
    private JsonElement? Option(string name, int? port) =>
        port is { } number
            && _options.TryGetProperty("ports", out var ports)
            && ports.TryGetProperty(number.ToString(CultureInfo.InvariantCulture), out var special)
            && special.TryGetProperty(name, out var own)
                ? own
                : _options.TryGetProperty(name, out var general) ? general : null;
}
