using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>How a mail writes times and ports.</summary>
internal static class Wording
{
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>For a table whose head says that it is UTC.</summary>
    public static string Brief(DateTimeOffset at) => at.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>The same moment by the host's own clock, where that is not UTC.</summary>
    public static string OnThisHost(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return local.Offset == TimeSpan.Zero ? "" : $"   ({local.ToString("HH:mm:ss zzz", CultureInfo.InvariantCulture)} on this host)";
    }

    /// <summary>The numbers of a range of events, as the mails and the commands spell it.</summary>
    public static string Range(Summary summary) =>
        string.Create(CultureInfo.InvariantCulture, $"{summary.First}-{summary.Last}");

    /// <summary>The same, where there may be but one of them, or none.</summary>
    public static string Numbers(long? first, long? last) => first is null || last is null ? "-" : first == last ? $"#{first}" : $"#{first}-#{last}";
}
