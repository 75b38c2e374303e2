using SuperServer.Hosting;

namespace SuperServer.Tests.Hosting;

public sealed class DescriptorReserveTests
{
    [Fact]
    public void What_is_released_once_is_there_once()
    {
        using var reserve = new DescriptorReserve();

        Assert.True(reserve.Release());
        Assert.False(reserve.Release());
    }

    [Fact]
    public void It_can_be_filled_again()
    {
        using var reserve = new DescriptorReserve();
        reserve.Release();

        Assert.True(reserve.TryFill());
        Assert.True(reserve.Release());
    }
}
