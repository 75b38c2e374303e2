using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Speaks SMTP: MailKit's only door. It never sends in clear text unless it was told to, and one refused recipient stops nobody
/// else. A connection serves the mails that follow one another, and no later ones.
/// </summary>
internal sealed class SmtpTransport(SmtpSettings settings, string localDomain, SmtpPatience patience) : Transport, IDisposable
{
    private const int LongestWords = 400;   // ours; of what a server says much less stays

    private readonly Certificates _certificates = new(settings.Host, settings.Pin, settings.AuthorityFile);
    private Client? _open;

    public override string Name => $"smtp {settings.Host}:{settings.Port}";

    public override async Task<Attempt> Deliver(Parcel parcel, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(patience.Whole);
        var wasOpen = _open is not null;
        var progress = new Progress();
        var attempt = await Try(parcel, progress, deadline.Token).ConfigureAwait(false);

        // A connection that was kept may have been closed by the other side in the meantime: that says nothing about the mail.
        return wasOpen && progress.IsBroken && !progress.IsHandedOver
            ? await Try(parcel, new Progress(), deadline.Token).ConfigureAwait(false)
            : attempt;
    }

    public override async Task Rest()
    {
        if (_open is { } client)
        {
            await Leave(client).ConfigureAwait(false);
            Drop();
        }
    }

    public void Dispose() => Drop();

    private async Task<Attempt> Try(Parcel parcel, Progress progress, CancellationToken deadline)
    {
        Client? client = null;
        try
        {
            client = await Connected(progress, deadline).ConfigureAwait(false);
            var reply = await client.Hand(parcel, progress, deadline).ConfigureAwait(false);
            Witness?.Hear("message", client.Overheard.LastReply, ("reply", client.Overheard.LastReply), ("queue_id", QueueId.Of(reply) ?? ""));
            return Result(client, parcel) with { Reply = Clean.Text(reply, 100) };
        }
#pragma warning disable CA1031 // MailKit and the streams below it throw many kinds; none of them may end the mailer
        catch (Exception error)
        {
            Blame(error, progress);
            progress.IsBroken = error is IOException or ProtocolException or SocketException;
            (progress.LastAnswer, progress.Objection) = (_open?.Overheard.LastAnswer ?? "", _certificates.Objection);
            Drop();
            return client is { HasNoRecipient: true }
                ? Result(client, parcel)
                : Failed(SmtpFailure.Class(error, progress), SmtpFailure.Words(error, progress, settings), LongestWords);
        }
#pragma warning restore CA1031
    }

    private async Task<Client> Connected(Progress progress, CancellationToken deadline)
    {
        if (_open is { } open && await open.IsAlive(deadline).ConfigureAwait(false))
        {
            progress.IsConnected = true;
            return open;
        }

        Drop();
        var client = _open = new Client(patience, Witness) { ServerCertificateValidationCallback = IsGood };
        await Connect(client, deadline).ConfigureAwait(false);
        progress.IsConnected = true;
        await LogIn(client, deadline).ConfigureAwait(false);
        return client;
    }

    private void Drop()
    {
        _open?.Dispose();
        _open = null;
    }

    private async Task Connect(Client client, CancellationToken deadline)
    {
        client.LocalDomain = localDomain;
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        soon.CancelAfter(patience.Connect + patience.Command);
        var socket = await new Dialer(settings, patience.Connect, Witness).Dial(soon.Token).ConfigureAwait(false);
        Witness?.Begins(settings.Protection == Protection.Tls ? "tls" : "greeting");
        await client.ConnectAsync(socket, settings.Host, settings.Port, Security, soon.Token).ConfigureAwait(false);
        if (client.IsSecure)
        {
            var version = $"{client.SslProtocol}".Replace("Tls1", "TLS 1.", StringComparison.Ordinal);
            Witness?.Hear("tls", $"{version}, {client.SslCipherSuite}", ("version", version), ("cipher", $"{client.SslCipherSuite}"));
        }
        else
        {
            Witness?.Hear("tls", "none: in clear text, as tls = \"none\" says");
        }
    }

    private bool IsGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var isGood = _certificates.IsGood(certificate, chain, errors);
        if (Witness is not null && certificate is not null)
        {
            Witness.Begins(isGood ? "tls" : "certificate");
            CertificateFacts.Tell(Witness, certificate, _certificates.Objection);
        }

        return isGood;
    }

    // What is missing cannot be tried: the library says so while it still greets.
    private void Blame(Exception error, Progress progress)
    {
        if (!progress.IsConnected && error is NotSupportedException)
        {
            Witness?.Begins("starttls");
        }
    }

    private SecureSocketOptions Security => settings.Protection switch
    {
        Protection.Tls => SecureSocketOptions.SslOnConnect,
        Protection.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    private async Task LogIn(Client client, CancellationToken deadline)
    {
        if (settings.User is not { } user)
        {
            return;
        }

        Witness?.Begins("log-in");
        if (settings.TokenCommand is { } command)
        {
            if (!client.AuthenticationMechanisms.Overlaps(["OAUTHBEARER", "XOAUTH2"]))
            {
                throw new SecretException(
                    FailureClass.Configuration, $"the server offers no log-in by OAuth2, only: {string.Join(' ', client.AuthenticationMechanisms)}");
            }

            var token = await TokenCommand.Ask(command, deadline).ConfigureAwait(false);
            SaslMechanism mechanism = client.AuthenticationMechanisms.Contains("OAUTHBEARER")
                ? new SaslMechanismOAuthBearer(user, token)
                : new SaslMechanismOAuth2(user, token);
            await client.AuthenticateAsync(mechanism, deadline).ConfigureAwait(false);
        }
        else
        {
            await client.AuthenticateAsync(user, Secret.Read(settings.Password!, "password"), deadline).ConfigureAwait(false);
        }

        var overheard = client.Overheard;
        Witness?.Hear("log-in", $"as {user} by {overheard.Mechanism}: {overheard.LastReply}",
            ("user", user), ("method", overheard.Mechanism ?? ""), ("reply", overheard.LastReply));
    }

    // The server has the mail; that it dislikes how we say good-bye changes nothing.
    private async Task Leave(Client client)
    {
        try
        {
            using var brief = new CancellationTokenSource(patience.Farewell);
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
            : new Failure(
                Class(client.Deferred.Values.Select(entry => entry.Class)),
                $"{Name}: {string.Join("; ", client.Deferred.Select(entry => $"{entry.Key}: {entry.Value.Words}"))}"),
    };

    // The one that somebody has to hear of first, then the one that passes first.
    private static FailureClass Class(IEnumerable<FailureClass> several) =>
        several.Distinct().ToList() is var kinds && kinds.Contains(FailureClass.Configuration) ? FailureClass.Configuration
            : kinds.Contains(FailureClass.Transient) ? FailureClass.Transient
            : FailureClass.TransientLong;

    /// <summary>How far an attempt came, which decides what its failure means.</summary>
    internal sealed class Progress
    {
        public bool IsConnected { get; set; }

        /// <summary>The connection broke.</summary>
        public bool IsBroken { get; set; }

        /// <summary>The server has every byte; only its answer is missing.</summary>
        public bool IsHandedOver { get; set; }

        /// <summary>What the server said last, made safe to show.</summary>
        public string LastAnswer { get; set; } = "";

        /// <summary>What is wrong with its certificate.</summary>
        public string? Objection { get; set; }
    }

    /// <summary>MailKit's client, taught to go on when a recipient is refused and to be patient at the end only.</summary>
    private sealed class Client : SmtpClient
    {
        private static readonly TimeSpan _freshness = TimeSpan.FromSeconds(10);

        private readonly SmtpPatience _patience;
        private int _recipients;
        private long _lastUse;

        private readonly Witness? _witness;

        public Client(SmtpPatience patience, Witness? witness)
            : this(patience, witness, new Conversation(witness))
        {
        }

        private Client(SmtpPatience patience, Witness? witness, Conversation overheard)
            : base(overheard)
        {
            _patience = patience;
            _witness = witness;
            Overheard = overheard;
            Timeout = (int)patience.Command.TotalMilliseconds;
        }

        /// <summary>What is said.</summary>
        public Conversation Overheard { get; }

        public Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Failure> Deferred { get; } = new(StringComparer.Ordinal);

        public bool HasNoRecipient => _recipients > 0 && Refused.Count + Deferred.Count == _recipients;

        /// <summary>A server may have hung up on a connection that was silent for a while.</summary>
        public async Task<bool> IsAlive(CancellationToken deadline)
        {
            if (!IsConnected || Environment.TickCount64 - _lastUse < _freshness.TotalMilliseconds)
            {
                return IsConnected;
            }

            try
            {
                await NoOpAsync(deadline).ConfigureAwait(false);
                return true;
            }
            catch (Exception error) when (error is IOException or ProtocolException or CommandException or TimeoutException or SocketException)
            {
                return false;
            }
        }

        public async Task<string> Hand(Parcel parcel, Progress progress, CancellationToken deadline)
        {
            Refused.Clear();
            Deferred.Clear();
            _recipients = parcel.Recipients.Count;
            using var bytes = new MemoryStream(parcel.Message);
            using var message = await MimeMessage.LoadAsync(bytes, deadline).ConfigureAwait(false);
            var reply = await SendAsync(
                message,
                MailboxAddress.Parse(parcel.Sender),
                parcel.Recipients.Select(MailboxAddress.Parse),
                deadline,
                new FinalDot(this, progress, _patience.FinalDot)).ConfigureAwait(false);
            Timeout = (int)_patience.Command.TotalMilliseconds;
            _lastUse = Environment.TickCount64;
            return reply;
        }

        protected override void OnSenderAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
            Tell("sender", mailbox, response);

        protected override void OnSenderNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            _witness?.Begins("sender");
            base.OnSenderNotAccepted(message, mailbox, response);
        }

        protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
            Tell("recipient", mailbox, response);

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            var code = (int)response.StatusCode;
            var words = Clean.Text($"{code} {response.Response}", 200);
            Tell("recipient", mailbox, response);
            var failure = SmtpFailure.Class(code, words, isConnected: true);
            if (failure != FailureClass.Permanent)
            {
                Deferred[mailbox.Address] = new Failure(failure, words);
            }
            else
            {
                Refused[mailbox.Address] = words;
            }
        }

        private void Tell(string name, MailboxAddress mailbox, SmtpResponse response)
        {
            var reply = Clean.Text($"{(int)response.StatusCode} {response.Response}", 200);
            _witness?.Hear(name, $"{mailbox.Address}: {reply}", ("address", mailbox.Address), ("reply", reply));
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
