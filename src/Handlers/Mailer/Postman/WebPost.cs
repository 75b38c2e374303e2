using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Posts over HTTP: HttpClient's only door. The certificate is verified, no redirection is followed, no proxy asked, and all of it
/// has ten seconds: a server that drips its answer does not live on our patience.
/// </summary>
internal sealed class WebPost(WebTarget target, TimeSpan patience)
{
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _forRevocation = TimeSpan.FromSeconds(2);
    private const int LongestAnswer = 512;
    private const int LongestAnswerHeaders = 16;     // KiB

    private readonly Certificates _certificates = new(target.Name, pin: null, target.AuthorityFile);

    /// <summary>Null when it was taken.</summary>
    public async Task<Failure?> Send(byte[] body, string contentType, IEnumerable<(string Name, string Value)> headers, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(patience);
        using var content = new Body(body, contentType);
        try
        {
            using var request = Request(content, headers);
            using var client = Client();
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : await Judge(response, deadline.Token).ConfigureAwait(false);
        }
        catch (SecretException error)
        {
            return new Failure(error.Class, error.Message);
        }
        catch (HttpRequestException error) when (error.InnerException is AuthenticationException tls)
        {
            return new Failure(FailureClass.Configuration, _certificates.Objection is { } objection ? $"its certificate is not believed: {objection}" : $"TLS: {tls.Message}");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new Failure(ClassOf(content), (error.InnerException ?? error).Message);
        }
        catch (OperationCanceledException)
        {
            return new Failure(ClassOf(content), $"no whole answer within {patience.TotalSeconds:0} s");
        }
    }

    // It may have taken what it did not answer.
    private static FailureClass ClassOf(Body content) => content.IsHandedOver ? FailureClass.Ambiguous : FailureClass.Transient;

    private static async Task<Failure> Judge(HttpResponseMessage response, CancellationToken deadline)
    {
        var code = (int)response.StatusCode;
        var words = string.Create(CultureInfo.InvariantCulture, $"{code} {response.ReasonPhrase}");
        if (code is >= 300 and < 400)
        {
            return new Failure(FailureClass.Configuration, $"{words}: it redirects to {response.Headers.Location?.ToString() ?? "nowhere"}; "
                + "redirections are not followed, write the address where it really is");
        }

        var answer = await Beginning(response.Content, deadline).ConfigureAwait(false);
        return new Failure(WebStatus.ClassOf(code), answer.Length > 0 ? $"{words}: {answer}" : words)
        {
            Status = code,
            RetryAfter = WebStatus.MayAskForPatience(code) ? RetryAfter(response.Headers.RetryAfter) : null,
        };
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? wish) => wish switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => null,
    };

    // What it says of the reason is a comfort; that it says it slowly or badly changes nothing.
    private static async Task<string> Beginning(HttpContent content, CancellationToken deadline)
    {
        var buffer = new byte[LongestAnswer];
        var length = 0;
        try
        {
            using var stream = await content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
            for (int count; length < buffer.Length && (count = await stream.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false)) > 0;)
            {
                length += count;
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
        }

        return System.Text.Encoding.UTF8.GetString(buffer, 0, length).Trim();
    }

    private HttpRequestMessage Request(Body content, IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address())
        {
            Content = content,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, value) in headers.Concat(SecretHeaders()).Prepend(("User-Agent", $"superserver/{Release.Version}")))
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private Uri Address()
    {
        if (target.Address is { } known)
        {
            return known;
        }

        var text = Secret.Read(target.AddressFile!, "address").Trim();
        return WebAddress.Parse(text) ?? throw new SecretException(
            FailureClass.Configuration, "the address file does not hold one https address, and nothing else");
    }

    private List<(string Name, string Value)> SecretHeaders() =>
        target.Headers is { } file ? HeaderLines.Parse(Secret.Read(file, "headers")) : [];

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxResponseHeadersLength = LongestAnswerHeaders,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => _certificates.IsGood(certificate, chain, errors),
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.Online, UrlRetrievalTimeout = _forRevocation },
        },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,     // ours is for everything together
    };

    /// <summary>Knows when the last byte of it went out.</summary>
    private sealed class Body : HttpContent
    {
        private readonly byte[] _bytes;

        public Body(byte[] bytes, string contentType)
        {
            _bytes = bytes;
            Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        public bool IsHandedOver { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_bytes).ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
            IsHandedOver = true;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes.Length;
            return true;
        }
    }
}
