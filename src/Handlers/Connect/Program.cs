using SuperServer.Handlers.Connect;

return ConnectClient.Run(args);
