using System.Globalization;

namespace SuperServer.Configuration;

/// <summary>
/// Where something stands in a configuration file. Lines and columns count from 1, as editors do; on line 0 it is the whole
/// file, or a flag of the command line, and the column is the flag's place in the row.
/// </summary>
internal readonly record struct Place(string File, int Line, int Column)
{
    /// <summary><c>file:line</c>, for lines of the log; a flag of the command line has no lines.</summary>
    public string AtLine => Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}");

    /// <summary><c>file:line:column</c>, which editors and terminals make clickable.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}

/// <summary>One thing that is wrong in the configuration: where, and in a sentence what and what to do about it.</summary>
internal sealed record Problem(Place Place, string Message)
{
    public override string ToString() => $"{Place}: {Message}";
}
