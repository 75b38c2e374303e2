using Greeter;
using SuperServer.Handlers;

return await Handler.Run(args, GreeterOptionsJson.Default.GreeterOptions, Talk.With, settings: new HandlerSettings
{
    Description = "asks for a name and greets it",
});
