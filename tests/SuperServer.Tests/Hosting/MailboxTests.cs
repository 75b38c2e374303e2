using SuperServer.Hosting;
using SuperServer.Interop;

namespace SuperServer.Tests.Hosting;

public sealed class MailboxTests : IDisposable
{
    private readonly Mailbox _mailbox = new();

    [Fact]
    public void What_is_left_is_done_when_the_box_is_opened_in_the_order_in_which_it_came()
    {
        var done = new List<int>();
        foreach (var number in Enumerable.Range(0, 100))
        {
            _mailbox.Post(() => done.Add(number));
        }

        Assert.Empty(done);
        _mailbox.Open();

        Assert.Equal(Enumerable.Range(0, 100), done);
    }

    [Fact]
    public void It_is_readable_from_the_first_letter_until_it_is_opened()
    {
        Assert.False(IsReadable);

        _mailbox.Post(() => { });
        _mailbox.Post(() => { });
        Assert.True(IsReadable);

        _mailbox.Open();
        Assert.False(IsReadable);
    }

    [Fact]
    public void Opening_an_empty_box_waits_for_nobody() => _mailbox.Open();

    [Fact]
    public void Letters_from_many_threads_are_all_done_by_the_one_that_opens()
    {
        var (done, doers) = (0, new HashSet<int>());
        var writers = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var letter = 0; letter < 1000; letter++)
            {
                _mailbox.Post(() =>
                {
                    done++;
                    doers.Add(Environment.CurrentManagedThreadId);
                });
            }
        })).ToArray();

        Array.ForEach(writers, writer => writer.Start());
        while (writers.Any(writer => writer.IsAlive))
        {
            _mailbox.Open();
        }

        _mailbox.Open();
        Assert.Equal(8000, done);
        Assert.Equal([Environment.CurrentManagedThreadId], doers);
    }

    public void Dispose() => _mailbox.Dispose();

    private bool IsReadable
    {
        get
        {
            var polled = new Libc.pollfd { fd = _mailbox.Descriptor, events = Libc.POLLIN };
            return Libc.poll(ref polled, 1, 0) > 0;
        }
    }
}
