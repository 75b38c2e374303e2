using System.Runtime;

namespace SuperServer.Handlers.Mailer;

/// <summary>A program that sleeps for days gives back the memory that a mail took.</summary>
internal static class Leanness
{
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
