using System.Globalization;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>When a service takes clients. 23 November 2026 is a Monday.</summary>
public sealed class AccessTimesTests
{
    [Theory]
    [InlineData("08:00-18:00", "2026-11-23T08:00:00", true)]
    [InlineData("08:00-18:00", "2026-11-23T18:00:59", true)]
    [InlineData("08:00-18:00", "2026-11-23T07:59:59", false)]
    [InlineData("08:00-18:00", "2026-11-23T18:01:00", false)]
    [InlineData("8:00-9:30", "2026-11-23T09:30:00", true)]
    [InlineData("00:00-24:00", "2026-11-23T23:59:59", true)]
    [InlineData("12:00-12:00", "2026-11-23T12:00:30", true)]
    [InlineData("mon-fri 08:00-18:00", "2026-11-27T12:00:00", true)]
    [InlineData("mon-fri 08:00-18:00", "2026-11-28T12:00:00", false)]
    [InlineData("sat,sun 10:00-12:00", "2026-11-29T12:00:00", true)]
    [InlineData("sat,sun 10:00-12:00", "2026-11-23T11:00:00", false)]
    [InlineData("fri-mon 10:00-12:00", "2026-11-23T11:00:00", true)]
    [InlineData("fri-mon 10:00-12:00", "2026-11-24T11:00:00", false)]
    [InlineData("SUN,Tue-Wed 10:00-12:00", "2026-11-25T11:00:00", true)]
    [InlineData("22:00-06:00", "2026-11-23T23:00:00", true)]
    [InlineData("22:00-06:00", "2026-11-23T06:00:59", true)]
    [InlineData("22:00-06:00", "2026-11-23T06:01:00", false)]
    [InlineData("fri 22:00-06:00", "2026-11-28T05:00:00", true)]      // Saturday morning belongs to Friday
    [InlineData("fri 22:00-06:00", "2026-11-27T05:00:00", false)]
    [InlineData("sat 22:00-06:00", "2026-11-29T05:00:00", true)]
    public void Both_bounds_belong_to_the_time_and_a_night_to_the_day_it_begins(string time, string local, bool isOpen) =>
        Assert.Equal(isOpen, Read($"\"{time}\"").Admits(At(local)));

    [Theory]
    [InlineData("\"08:00-18:00\"", "2026-11-23T19:30:00", "2026-11-24T08:00")]
    [InlineData("\"08:00-18:00\"", "2026-11-23T07:30:00", "2026-11-23T08:00")]
    [InlineData("\"mon-fri 08:00-18:00\"", "2026-11-27T19:30:00", "2026-11-30T08:00")]
    [InlineData("\"mon 08:00-18:00\"", "2026-11-23T19:30:00", "2026-11-30T08:00")]
    [InlineData("[\"mon 08:00-09:00\", \"wed 22:00-06:00\"]", "2026-11-23T19:30:00", "2026-11-25T22:00")]
    public void Whoever_comes_too_late_is_told_when_it_opens(string times, string local, string opens)
    {
        var verdict = SomeMachine.Root.ReadService($"[service.telnet]\nexec = [\"/bin/cat\"]\naccess_times = {times}").Access.Judge(At(local));

        Assert.Equal(AccessVerdict.Refused("access_times", $"opens={opens}", "superserver.toml:3"), verdict);
    }

    [Theory]
    [InlineData("\"\"", "'' is no time: write it as \"08:00-18:00\" or \"mon-fri 08:00-18:00\"")]
    [InlineData("\"08:00\"", "'08:00' is no time: write it as \"08:00-18:00\" or \"mon-fri 08:00-18:00\"")]
    [InlineData("\"8-18\"", "'8-18': a time of day is from 00:00 to 23:59: write it as \"08:00-18:00\" or \"mon-fri 08:00-18:00\"")]
    [InlineData("\"08:60-18:00\"", "'08:60-18:00': a time of day is from 00:00 to 23:59: write it as \"08:00-18:00\" or \"mon-fri 08:00-18:00\"")]
    [InlineData("\"24:00-06:00\"", "'24:00-06:00': a time of day is from 00:00 to 23:59: write it as \"08:00-18:00\" or \"mon-fri 08:00-18:00\"")]
    [InlineData("\"monday 08:00-18:00\"", "'monday 08:00-18:00': 'monday' is no day: the days are mon, tue, wed, thu, fri, sat and sun, as in \"mon-fri\"")]
    [InlineData("[]", "'access_times' has no time at all: use enabled = false to serve nobody, \"00:00-23:59\" to serve always")]
    public void What_is_no_time_is_told_how_to_write_one(string times, string objection) =>
        Assert.EndsWith(objection, Assert.Single(SomeMachine.Root.Problems($"[service.telnet]\nexec = [\"/bin/cat\"]\naccess_times = {times}")), StringComparison.Ordinal);

    private static AccessTimes Read(string times) =>
        SomeMachine.Root.ReadService($"[service.telnet]\nexec = [\"/bin/cat\"]\naccess_times = {times}").Access.Times!;

    private static DateTime At(string local) => DateTime.Parse(local, CultureInfo.InvariantCulture);
}
