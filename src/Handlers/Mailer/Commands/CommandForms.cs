namespace SuperServer.Handlers.Mailer;

/// <summary>All commands of <c>superserver alert</c>.</summary>
internal static class CommandForms
{
    private const string Usually = "0 done, 64 called otherwise, 75 the store cannot be read now, 78 a setting is wrong";

    public static IReadOnlyList<CommandForm> All { get; } =
    [
        new("test", "send a message by every transport and say what became of it")
        {
            Options =
            [
                new("--to", "ADDRESS", "to this address instead of the configured ones; may be repeated"),
                new("--transport", "KIND|NUMBER", "only by the transports of this kind, or by the one at this place, from 1"),
                new("--verbose", null, "print every line that the server and the mailer say to each other, without secrets"),
            ],
            Help = "It tells no event. Neither the store nor the mail limits notice. Each step is printed when it is done; when one fails,\n"
                + "what to do about it.",
            ExitCodes = "0 sent, 64 called otherwise, 69 refused for good, 75 it may work later, 78 a setting is wrong",
        },
        new("trip", "touch a tripwire from this host, and follow the visit to the mail")
        {
            Operands = ["SERVICE"],
            Options =
            [
                new("--port", "N", "of a service with several ports, this one; of one whose port the kernel chose, its number"),
                new("--wait", "TIME", "how long to wait for the mail (60s)"),
            ],
            Help = "The port is the real one and the visit counts as any other: it is recorded, it is in a mail, and the rhythm holds it back as it\n"
                + "would hold back a stranger's. Each step is printed with the time since the touch.",
            ExitCodes = "0 mailed, or held back or ignored as configured; 64 called otherwise, 69 nobody listens or nothing was recorded,\n"
                + "75 recorded, but the mail has not gone out, 78 a setting is wrong",
        },
        new("status", "how the mail stands, in one word and what it rests on")
        {
            Help = "The verdict is ok, attention or alarm; below it stands what it rests on.",
            ExitCodes = Usually,
        },
        new("queue", "the mails that wait or were given up, and the sum of the record")
        {
            Help = "Both sides of the sum must be equal: everything that was ever taken in, and everything that was told.",
            ExitCodes = Usually,
        },
        new("show", "one mail")
        {
            Operands = ["ID"],
            Help = "Who has it, what each transport did with it, and its text while it waits or after it was given up.",
            ExitCodes = $"{Usually}, 65 there is no such mail",
        },
        new("flush", "compose and send what waits now")
        {
            Help = "Whatever the rhythm and the mail limits say. A mailer that does not run obeys when it starts.",
            ExitCodes = Usually,
        },
        new("drop", "send this mail to nobody")
        {
            Operands = ["ID"],
            Help = "Of mails that wait or were given up. What it told counts as lost from then on.",
            ExitCodes = $"{Usually}, 65 it neither waits nor was given up",
        },
        new("retry-failed", "begin anew with the mails that were given up")
        {
            Help = "They wait again as if they were new.",
            ExitCodes = Usually,
        },
        new("preview", "the mail that would be sent now")
        {
            Options =
            [
                new("--since", "TIME", "of everything in this time (24h, 7d), whether it was mailed or not"),
                new("--html", null, "print its HTML instead of its text"),
            ],
            Help = "Of what no mail has told yet. Nothing is sent, and nothing is changed.",
            ExitCodes = Usually,
        },
        new("why", "what would become of a visitor of this address at this port, and which line says so")
        {
            Operands = ["ADDRESS", "PORT"],
            Help = "The policy of the port, whether the address is inside or outside, the entry of the ignore list that means it, the ways a mail takes,\n"
                + "whether a mail would be written now or when, and when this address was here last.",
            ExitCodes = $"{Usually}, 65 no tripwire has this port",
        },
        new("report", "who came, where, and how often")
        {
            Options =
            [
                new("--since", "TIME", "in this time (24h, 7d; 7d if nothing else is said)"),
                new("--range", "FIRST-LAST", "these events, as the end of a mail names them, with all of their addresses"),
                new("--top", "N", "so many addresses and ports (20, with --range 10000)"),
            ],
            Help = "Ports, addresses and totals, whether mails have told them or not, and the mails that did.",
            ExitCodes = Usually,
        },
    ];

    public static CommandForm? Named(string name) => All.FirstOrDefault(form => form.Name == name);
}
