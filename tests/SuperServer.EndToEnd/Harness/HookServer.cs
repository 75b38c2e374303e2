using System.Net;
using System.Net.Sockets;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A web server on this machine that takes whatever is posted to it, and remembers it.</summary>
internal sealed class HookServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<Post> _posts = [];

    public HookServer()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort()}/in/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = Serve();
    }

    public sealed record Post(string? Authorization, string? ContentType, string Body);

    public Uri Address { get; }

    public IReadOnlyList<Post> Posts
    {
        get
        {
            lock (_posts)
            {
                return [.. _posts];
            }
        }
    }

    /// <summary>The first post, when it is there.</summary>
    public Task<Post> First() => Eventually.Get(() => Posts is [var first, ..] ? first : null, $"post to {Address}");

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new StreamReader(context.Request.InputStream);
                var post = new Post(context.Request.Headers["Authorization"], context.Request.ContentType, await body.ReadToEndAsync());
                lock (_posts)
                {
                    _posts.Add(post);
                }

                context.Response.StatusCode = 204;
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
