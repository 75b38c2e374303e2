using System.Globalization;
using System.Net;
using System.Text;
using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>
/// RFC 1413: says whose a connection is, to whoever is at its other end. As it comes it says that of nobody, and does not even look.
/// </summary>
internal sealed class Identd : SimpleService
{
    public const string Name = "ident";

    private const int LongestToken = 512;

    private string _reply = "hidden";
    private string _token = "";

    public override bool AsksWho => true;

    public override Conversation Begin(int socket, Visitor? visitor) => new Interview(socket, line => Reply(PortPair.Parse(line), visitor!));

    protected override void Learn(HandlerOptions options)
    {
        _reply = options.Choice("reply", "hidden", "hidden", "uid", "name", "fixed");
        _token = options.Text("token", "");
        if (_reply == "fixed" != _token.Length > 0)
        {
            _ = options.Refuse("token", "goes with reply = \"fixed\", and is what it says", _token);
        }
        else if (_token.Length > LongestToken || _token.Any(letter => letter is < ' ' or > '~'))
        {
            _ = options.Refuse("token", "must be up to 512 printable ASCII characters", _token);
        }
    }

    private byte[] Reply(PortPair ports, Visitor visitor) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{ports.Server}, {ports.Client} : {(ports.IsValid ? Answer(ports, visitor) : "ERROR : INVALID-PORT")}\r\n"));

    // What does not depend on the connection does not tell whether there is one.
    private string Answer(PortPair ports, Visitor visitor) => _reply switch
    {
        "hidden" => "ERROR : HIDDEN-USER",
        "fixed" => $"USERID : OTHER : {_token}",
        _ => OwnerOf(ports, visitor) switch
        {
            Owner.Somebody { Uid: var uid } => Told(uid),
            Owner.Nobody => "ERROR : NO-USER",
            _ => "ERROR : UNKNOWN-ERROR",
        },
    };

    private string Told(uint uid)
    {
        var account = Account.Of(uid);
        return account?.IsHidden == true ? "ERROR : HIDDEN-USER"
            : _reply == "uid" ? string.Create(CultureInfo.InvariantCulture, $"USERID : OTHER : {uid}")
            : account is null ? "ERROR : UNKNOWN-ERROR"
            : $"USERID : UNIX : {account.Name}";
    }

    // Only a connection between the two ends of this one: nobody is told of others.
    private static Owner OwnerOf(PortPair ports, Visitor visitor)
    {
        if (visitor is not { From: { } from, To: { } to })
        {
            return new Owner.Unknown("a local client has no address");
        }

        var owner = SocketTable.Find(new IPEndPoint(to.Address, ports.Server), new IPEndPoint(from.Address, ports.Client));
        if (owner is Owner.Unknown { Why: var why })
        {
            Output.Complain($"{Name}: {why}");
        }

        return owner;
    }
}
