using SuperServer.Bench;

return args switch
{
    ["sets"] => SetBench.Run(1_000_000),
    ["sets", var count] when int.TryParse(count, out var networks) && networks > 0 => SetBench.Run(networks),
    _ => Explain(),
};

static int Explain()
{
    Console.Error.WriteLine("usage: SuperServer.Bench sets [NETWORKS]");
    return 64;
}
