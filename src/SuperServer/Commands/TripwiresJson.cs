using System.Text;
using System.Text.Json;
using SuperServer.Configuration;

namespace SuperServer.Commands;

/// <summary>The services that record alerts, for the mailer's commands: SUPERSERVER_TRIPWIRES.</summary>
internal static class TripwiresJson
{
    /// <summary>Only those have it who are to ring when there is something new.</summary>
    private const string Bell = "SUPERSERVER_ALERT_SOCKET";

    public static string Write(IEnumerable<ServiceDefinition> services)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var service in services.Where(service => service.Environment.Any(variable => variable.Name == Bell)))
            {
                Write(json, service);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter json, ServiceDefinition service)
    {
        json.WriteStartObject();
        json.WriteString("name", service.Name);
        json.WriteString("user", service.Identity.User);
        json.WriteString("mode", service.Mode.ToString().ToLowerInvariant());
        json.WriteStartArray("listen");
        foreach (var endpoint in service.Listen)
        {
            json.WriteStringValue(endpoint.ToString());
        }

        json.WriteEndArray();
        json.WritePropertyName("options");
        json.WriteRawValue(service.Environment.FirstOrDefault(variable => variable.Name == "SUPERSERVER_OPTIONS")?.Value ?? "{}");
        json.WriteEndObject();
    }
}
