using System.Text;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>Whatever the bytes are, reading them ends, and with an answer.</summary>
public sealed class NeverThrowsTests
{
    private const int Rounds = 5_000;

    private static readonly string[] _pieces =
    [
        "[", "]", "[[", "]]", "{", "}", "\"", "'", "\"\"\"", "'''", "\\", "=", ".", ",", "#", "\n", "\r", "\r\n", "\0", "\u001b", "\uFEFF", "\uFFFD", "\u202E", "💥",
        "0", "022", "1e9", "nan", "-inf", "true", "2026-11-23", "9223372036854775808", "service", "[service.", "[[alerts.transport]]", "[defaults]", "[alerts]",
        "listen = ", "\"tcp:", "unix:/", "[::1%eth0]:23", "user = ", "\"a:b:c\"", "env.", "options = {", "exec = [", "include = \"*\"", "umask = ", "groups = [", "\\u0000", "\\uD800",
    ];

    [Fact]
    public void No_mutation_of_any_file_makes_the_reader_throw()
    {
        var seeds = Seeds();
        Assert.NotEmpty(seeds);
        var random = new Random(20261123);
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(random, seeds[random.Next(seeds.Length)]);
            if (Record.Exception(() => Read(bytes)) is { } exception)
            {
                Assert.Fail($"round {round}: {exception}\n{Convert.ToBase64String(bytes)}");
            }

            read++;
        }

        Assert.Equal(Rounds, read);
    }

    [Fact]
    public void Every_beginning_of_a_file_is_read() =>
        Assert.All(Enumerable.Range(0, AllKeys.Length + 1), length => Read(Encoding.UTF8.GetBytes(AllKeys[..length])));

    [Theory]
    [InlineData("a = \"x\\")]
    [InlineData("a = \"\"\"x\\")]
    [InlineData("\\")]
    [InlineData("a = '\\")]
    [InlineData("[\"\\")]
    public void A_text_may_end_in_a_backslash(string text) => Assert.IsType<ConfigurationReading.Broken>(Read(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("a = ", "[", 200_000)]
    [InlineData("a = ", "{a=", 200_000)]
    [InlineData("", "[", 200_000)]
    [InlineData("a", ".a", 200_000)]
    [InlineData("[a", ".a", 200_000)]
    [InlineData("", "a=1\n", 50_000)]
    [InlineData("", "[a]\n", 50_000)]
    [InlineData("", "[[service]]\n", 50_000)]
    [InlineData("service.a.listen = [", "\"tcp:1\",", 50_000)]
    [InlineData("", "# a comment that goes on and on\n", 320_000)]
    public void Size_and_depth_are_only_mistakes(string start, string repeated, int times) =>
        Assert.NotNull(Read(Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, times)))));

    [Fact]
    public void A_file_of_ten_thousand_services_is_read()
    {
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(number =>
            $"[service.s{number}]\nlisten = \"tcp:127.0.{number / 250}.{number % 250}:{number + 1}\"\nexec = [\"/bin/cat\"]\n"));

        Assert.Equal(10_000, Assert.IsType<ConfigurationReading.Valid>(Read(Encoding.UTF8.GetBytes(text))).Configuration.Services.Count);
    }

    private const string AllKeys = """
        include = ["services.d/*.toml"]
        [defaults]
        user = "nobody" # default
        env = { LANG = "C" }
        [daemon]
        run_dir = '/run/x'
        [alerts]
        to = ["you@example.org"]
        gaps = ["5m", "1h"]
        [[alerts.transport]]
        kind = "smtp"
        host = "mail.example.org"
        [service.telnet]
        listen = ["tcp:[::1]:telnet", "tcp4:23"]
        handler = "notelnet"
        umask = "022"
        [service.telnet.options]
        message = "\u0041 {client_ip}"
        capture = 0
        [service.tftp]
        listen = "udp:69"
        exec = ["/bin/cat", "-n"]
        groups = [4, "adm"]
        """;

    private static byte[][] Seeds() =>
    [
        Encoding.UTF8.GetBytes(AllKeys),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "SuperServer.Tests", "Configuration", "Broken"), "*.toml").Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];

    private static ConfigurationReading Read(byte[] bytes) =>
        ConfigurationReader.Read("f.toml", SomeMachine.Root with { ReadFile = _ => new FileReading.Contents(bytes) });

    private static byte[] Mutate(Random random, byte[] seed)
    {
        var bytes = seed.ToList();
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(_pieces[random.Next(_pieces.Length)]));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    var from = random.Next(bytes.Count + 1);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(40), bytes.Count - from)));
                    break;
            }
        }

        return [.. bytes];
    }
}
