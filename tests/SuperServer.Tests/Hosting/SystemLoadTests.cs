using System.Globalization;
using SuperServer.Hosting;

namespace SuperServer.Tests.Hosting;

public sealed class SystemLoadTests
{
    [Fact]
    public void It_is_what_the_kernel_says_and_stays_so_for_a_second()
    {
        var load = new SystemLoad();
        var before = Kernel();

        var first = load.At(TimeSpan.FromSeconds(5));

        Assert.InRange(first, Math.Min(before, Kernel()) - 0.01, Math.Max(before, Kernel()) + 0.01);
        Assert.Equal(first, load.At(TimeSpan.FromSeconds(5.9)));
        Assert.InRange(load.At(TimeSpan.FromSeconds(6)), 0, 100_000);
    }

    private static double Kernel() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
