using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Programs that were written for inetd, with their own clients.</summary>
public sealed class RealProgramsTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_repository_is_cloned_from_git_daemon(Who who)
    {
        var git = Machine.Program("git");
        using var folder = PrivateFolder.For(who);
        var daemonUser = who == Who.Root ? """user = "git" """ : string.Empty;
        var repository = folder.Create("repositories") + "/project.git";
        (await Command.Run(git, "init", "--quiet", "--bare", repository)).Succeeded();
        (await Command.Run(git, "clone", "--quiet", repository, folder.At("work"))).Succeeded();
        await File.WriteAllTextAsync(folder.At("work/README"), "read me", TestContext.Current.CancellationToken);
        (await Command.Run(git, "-C", folder.At("work"), "add", "README")).Succeeded();
        (await Command.Run(
            git, "-C", folder.At("work"), "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "t")).Succeeded();
        (await Command.Run(git, "-C", folder.At("work"), "push", "--quiet", "origin", "HEAD")).Succeeded();
        (await Command.Run("chown", "-R", who == Who.Root ? "git" : "--reference=" + folder.Path, repository)).Succeeded();
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.git]
            listen = "tcp:127.0.0.1:0"
            exec = ["{git}", "daemon", "--inetd", "--export-all", "--base-path={folder.At("repositories")}"]
            {daemonUser}
            """);

        var url = $"git://{daemon.Address("git")}/project.git";
        (await Command.Run(git, "clone", "--quiet", url, folder.At("clone"))).Succeeded();

        Assert.Equal("read me", folder.Read("clone/README"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Files_are_fetched_from_an_rsync_daemon(Who who)
    {
        var rsync = Machine.Program("rsync");
        using var folder = PrivateFolder.For(who);
        folder.Create("module");
        folder.Write("module/file", "synchronised");
        folder.Write("rsyncd.conf", $"""
            use chroot = no
            [module]
            path = {folder.At("module")}
            """);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.rsync]
            listen = "tcp:127.0.0.1:0"
            exec = ["{rsync}", "--daemon", "--config={folder.At("rsyncd.conf")}"]
            """);

        (await Command.Run(rsync, "-a", $"rsync://{daemon.Address("rsync")}/module/", folder.At("copy/"))).Succeeded();

        Assert.Equal("synchronised", folder.Read("copy/file"));
    }

    [Fact]
    public async Task A_file_is_fetched_from_a_tftp_server_on_its_own_port()
    {
        var (server, client) = (Machine.Program("in.tftpd"), Machine.Program("tftp"));
        using var folder = PrivateFolder.For(Who.Root);
        folder.Create("files");
        folder.Write("files/boot", new string('x', 100_000));
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.tftp]
            listen = "udp:tftp"
            exec = ["{server}", "-u", "tftp", "-s", "{folder.At("files")}"]
            user = "root"
            """);

        (await Command.Run(client, "-m", "binary", "127.0.0.1", "-c", "get", "boot", folder.At("fetched"))).Succeeded();

        Assert.Equal(100_000, folder.Read("fetched").Length);
    }

    [Fact]
    public async Task Two_tftp_clients_one_after_the_other_meet_the_same_waiting_server()
    {
        var (server, client) = (Machine.Program("in.tftpd"), Machine.Program("tftp"));
        using var folder = PrivateFolder.For(Who.Root);
        folder.Create("files");
        folder.Write("files/boot", "boot image");
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.tftp]
            listen = "udp:127.0.0.1:0"
            exec = ["{server}", "-u", "tftp", "-t", "2", "-s", "{folder.At("files")}"]
            user = "root"
            """);
        var address = daemon.Address("tftp", "udp");

        foreach (var copy in new[] { "first", "second" })
        {
            (await Command.Run(
                client, "-m", "binary", "127.0.0.1", $"{address.Port}", "-c", "get", "boot", folder.At(copy))).Succeeded();
            Assert.Equal("boot image", folder.Read(copy));
        }

        Assert.Single(daemon.Log.All(Said.StartedOn));
        await daemon.Log.WaitFor(Said.EndedWithExit, "tftp");
    }
}
