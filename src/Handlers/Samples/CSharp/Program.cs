using SuperServer.Handlers;
using SuperServer.Handlers.Samples;

return await Handler.Run(
    args,
    GuestBookJson.Default.GuestBookOptions,
    GuestBook.Serve,
    GuestBook.Answer,
    new HandlerSettings { Description = "A guest book: reads out the last entries and takes a line." });
