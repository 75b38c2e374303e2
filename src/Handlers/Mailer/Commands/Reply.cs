using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Gives the answer of a command: to a program as one line of JSON, which is plain ASCII, to a person in words. What a stranger
/// chose has gone through <see cref="Clean"/> by then, for a terminal obeys what it is told to show.
/// </summary>
internal sealed class Reply(TextWriter output, bool isJson)
{
    public bool IsJson => isJson;

    /// <summary>A line for people, at once: programs wait for the whole answer.</summary>
    public void Say(string line)
    {
        if (!isJson)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    public void Give<T>(T answer, JsonTypeInfo<T> form)
    {
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(answer, form));
        }
    }
}
