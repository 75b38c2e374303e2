using SuperServer.Configuration;
using SuperServer.Hosting;

namespace SuperServer;

/// <summary>The part about sets of addresses whose files change while the door is open.</summary>
internal sealed partial class Dispatcher
{
    private readonly SetWatch _sets;

    // From the watch's own thread into the loop.
    private SetWatch WatchSets() => new(
        new SetPatrol(new SetFiles(HostFacts.OfThisMachine())), news => _mailbox.Post(() => TakeNews(news)));

    private void TakeNews(SetNews news)
    {
        switch (news.Reading)
        {
            case SetReading.Whole whole:
                news.Set.Replace(whole.Content);
                _journal.SetRead(news.Set.Name, whole.Content.Addresses.Count);
                break;
            case SetReading.Broken broken:
                _journal.SetRefused(news.Set.Name, broken.Problems);
                break;
        }
    }
}
