using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>Speaks SMTP: MailKit's only door. It never sends in clear text unless it was told to, and one refused recipient stops nobody else.</summary>
internal sealed class SmtpTransport(SmtpSettings settings, string localDomain, SmtpPatience patience) : Transport
{
    public override string Name => $"smtp {settings.Host}:{settings.Port}";

    public override async Task<Attempt> Deliver(Parcel parcel, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(patience.Whole);
        using var client = new Client(patience) { ServerCertificateValidationCallback = Certificates.IsGood };
        var progress = new Progress();
        try
        {
            await Connect(client, deadline.Token).ConfigureAwait(false);
            progress.IsConnected = true;
            await LogIn(client, deadline.Token).ConfigureAwait(false);
            await client.Hand(parcel, progress, deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // MailKit and the streams below it throw many kinds; none of them may end the mailer
        catch (Exception error)
        {
            return client.HasNoRecipient ? Result(client, parcel) : Failed(SmtpFailure.Class(error, progress), SmtpFailure.Words(error, progress));
        }
#pragma warning restore CA1031

        await Leave(client).ConfigureAwait(false);
        return Result(client, parcel);
    }

    private async Task Connect(Client client, CancellationToken deadline)
    {
        client.LocalDomain = localDomain;
        client.Timeout = (int)patience.Command.TotalMilliseconds;
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        soon.CancelAfter(patience.Connect + patience.Command);
        await client.ConnectAsync(settings.Host, settings.Port, Security, soon.Token).ConfigureAwait(false);
    }

    private SecureSocketOptions Security => settings.Protection switch
    {
        Protection.Tls => SecureSocketOptions.SslOnConnect,
        Protection.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    private async Task LogIn(Client client, CancellationToken deadline)
    {
        if (settings.User is { } user)
        {
            var password = await ReadPassword(deadline).ConfigureAwait(false);
            await client.AuthenticateAsync(user, password, deadline).ConfigureAwait(false);
        }
    }

    private async Task<string> ReadPassword(CancellationToken deadline)
    {
        try
        {
            return (await File.ReadAllTextAsync(settings.Password?.Path ?? "", deadline).ConfigureAwait(false)).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new AuthenticationException($"the password file cannot be read: {error.Message}", error);
        }
    }

    // The server has the mail; that it dislikes how we say good-bye changes nothing.
    private static async Task Leave(Client client)
    {
        try
        {
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await client.DisconnectAsync(true, brief.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ProtocolException or CommandException
            or OperationCanceledException or TimeoutException or SocketException)
        {
        }
    }

    private Attempt Result(Client client, Parcel parcel) => new()
    {
        Accepted = client.HasNoRecipient
            ? []
            : [.. parcel.Recipients.Where(recipient => !client.Refused.ContainsKey(recipient) && !client.Deferred.ContainsKey(recipient))],
        Refused = client.Refused.ToDictionary(entry => entry.Key, entry => $"{Name}: {entry.Value}"),
        Failure = client.Deferred.Count == 0
            ? null
            : new Failure(FailureClass.Transient, $"{Name}: {string.Join("; ", client.Deferred.Select(entry => $"{entry.Key}: {entry.Value}"))}"),
    };

    /// <summary>How far an attempt came, which decides what its failure means.</summary>
    internal sealed class Progress
    {
        public bool IsConnected { get; set; }

        /// <summary>The server has every byte; only its answer is missing.</summary>
        public bool IsHandedOver { get; set; }
    }

    /// <summary>MailKit's client, taught to go on when a recipient is refused and to be patient at the end only.</summary>
    private sealed class Client(SmtpPatience patience) : SmtpClient
    {
        private int _recipients;

        public Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Deferred { get; } = new(StringComparer.Ordinal);

        public bool HasNoRecipient => _recipients > 0 && Refused.Count + Deferred.Count == _recipients;

        public async Task Hand(Parcel parcel, Progress progress, CancellationToken deadline)
        {
            using var bytes = new MemoryStream(parcel.Message);
            using var message = await MimeMessage.LoadAsync(bytes, deadline).ConfigureAwait(false);
            _recipients = parcel.Recipients.Count;
            await SendAsync(
                message,
                MailboxAddress.Parse(parcel.Sender),
                parcel.Recipients.Select(MailboxAddress.Parse),
                deadline,
                new FinalDot(this, progress, patience.FinalDot)).ConfigureAwait(false);
        }

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            var words = Clean.Text($"{(int)response.StatusCode} {response.Response}", 200);
            var list = (int)response.StatusCode >= 500 ? Refused : Deferred;
            list[mailbox.Address] = words;
        }
    }

    /// <summary>When the last byte is out, the server may take its time.</summary>
    private sealed class FinalDot(Client client, Progress progress, TimeSpan patience) : ITransferProgress
    {
        public void Report(long bytesTransferred, long totalSize)
        {
            if (bytesTransferred >= totalSize)
            {
                progress.IsHandedOver = true;
                client.Timeout = (int)patience.TotalMilliseconds;
            }
        }

        public void Report(long bytesTransferred)
        {
        }
    }
}
