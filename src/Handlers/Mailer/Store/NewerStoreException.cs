namespace SuperServer.Handlers.Mailer;

/// <summary>A newer version of the program made this store. It is sound, so it is neither touched nor set aside.</summary>
internal sealed class NewerStoreException(long found, int known)
    : Exception($"the store has version {found}, this program knows up to {known}: install the newer program again, or move the store away");
