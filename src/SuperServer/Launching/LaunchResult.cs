using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>What became of starting a child. The compiler makes everybody look at both answers.</summary>
internal abstract record LaunchResult
{
    /// <param name="Child">It has exec'ed.</param>
    /// <param name="Words">The end of the pipe on which its standard error arrives; -1 when that leads elsewhere.</param>
    public sealed record Launched(Child Child, int Words) : LaunchResult;

    /// <summary>No program runs. Nothing is left behind: no process, no descriptor.</summary>
    public sealed record Failed(Spawn.Step Step, int Error) : LaunchResult
    {
        /// <summary>The machine or we ran out of something: not the service's fault, and it may work in a moment.</summary>
        public bool IsShortage =>
            Step is Spawn.Step.Clone or Spawn.Step.Pipe && Error is Errno.EAGAIN or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE;

        /// <summary>The system call, as the manual names it, and on what.</summary>
        public string What(Configuration.ServiceDefinition service) => Step switch
        {
            Spawn.Step.Clone => "clone",
            Spawn.Step.Signals => "resetting signals",
            Spawn.Step.Session => "setsid",
            Spawn.Step.Descriptors => "placing descriptors",
            Spawn.Step.Limits => "setting resource limits",
            Spawn.Step.Directory => $"chdir {service.WorkingDirectory}",
            Spawn.Step.Groups => "setgroups",
            Spawn.Step.Gid => $"setgid {service.Identity.Group}",
            Spawn.Step.Uid => $"setuid {service.Identity.User}",
            Spawn.Step.Verify => $"verifying that root was given up for {service.Identity.User}",
            Spawn.Step.Pipe => "pipe",
            Spawn.Step.NoNewPrivileges => "prctl PR_SET_NO_NEW_PRIVS",
            _ => $"exec {service.Program}",
        };
    }
}
