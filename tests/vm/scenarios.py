"""Nodes in every state that decides about SCTP, and what the agent has to say.

Only what the agent says is written down here: what is true, the kernel decides.
"""

from dataclasses import dataclass

from tests.vm import steps
from tests.vm.steps import MODULES, SCTP, Step, write

D = "/etc/modprobe.d/node.conf"
DECLARED = write("/etc/modules-load.d/sctp.conf", "sctp\n")
BLACKLIST = write("/usr/lib/modprobe.d/sctp-blacklist.conf", "blacklist sctp\n")
UDP_TUNNEL = f"{MODULES}/kernel/net/ipv4/udp_tunnel.ko{{suffix}}"
OTHER_KERNEL = "/lib/modules/9.9.9-other"
LOAD = steps.command("modprobe", "sctp")


def modprobe_d(*lines: str) -> Step:
    """Return the step that writes *lines* into a file under /etc/modprobe.d."""
    return write(D, "".join(f"{line}\n" for line in lines))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One node: *files* stay over a reboot, *now* is gone after it.

    *append* goes to the kernel's command line. *state*, *boot* and *reason* are
    what the agent must say; unless one is unknown, the kernel must agree.
    """

    state: str
    boot: str
    reason: str
    files: tuple[Step, ...] = ()
    now: tuple[Step, ...] = ()
    append: str = ""
    expect: str = "required"
    compliant: str = ""


def _plain(*files: Step, state: str = "on_demand", boot: str = "ready") -> Scenario:
    return Scenario(state, boot, "AsExpected", files)


def _denied(
    reason: str, *files: Step, boot: str = "unavailable", append: str = ""
) -> Scenario:
    return Scenario("unavailable", boot, reason, files, append=append)


SCENARIOS = {
    "nothing configured": _plain(boot="on_demand"),
    "declared": _plain(DECLARED),
    "declared by an alias name": _plain(
        write("/etc/modules-load.d/a.conf", "net-pf-10-proto-132\n")
    ),
    "declared with carriage returns": _plain(
        write("/etc/modules-load.d/a.conf", "# SCTP\r\nsctp\r\n")
    ),
    "declared with an inline comment": _plain(
        write("/etc/modules-load.d/a.conf", "sctp # for the core\n"), boot="on_demand"
    ),
    "declaration masked by an empty file": _plain(
        write("/usr/lib/modules-load.d/a.conf", "sctp\n"),
        write("/etc/modules-load.d/a.conf"),
        boot="on_demand",
    ),
    "declaration masked by a dangling link": _plain(
        write("/usr/lib/modules-load.d/a.conf", "sctp\n"),
        steps.link("/etc/modules-load.d/a.conf", "/none"),
        boot="on_demand",
    ),
    "declaration masked by a directory": _plain(
        write("/usr/lib/modules-load.d/a.conf", "sctp\n"),
        steps.directory("/etc/modules-load.d/a.conf"),
        boot="on_demand",
    ),
    "declared by a kernel argument": Scenario(
        "on_demand", "ready", "AsExpected", append="modules_load=dummy,sctp"
    ),
    "blacklisted": _denied("Blacklisted", BLACKLIST),
    "blacklisted but declared": _denied("Blacklisted", BLACKLIST, DECLARED),
    "blacklist masked by an empty file": _plain(
        BLACKLIST, write("/etc/modprobe.d/sctp-blacklist.conf"), boot="on_demand"
    ),
    "blacklist masked by a link to the null device": _plain(
        BLACKLIST,
        steps.link("/etc/modprobe.d/sctp-blacklist.conf", "/dev/null"),
        DECLARED,
    ),
    "blacklist under another name than the mask": _denied(
        "Blacklisted",
        modprobe_d("blacklist sctp"),
        write("/etc/modprobe.d/sctp-blacklist.conf"),
    ),
    "blacklist line with a carriage return": _plain(
        write(D, "blacklist sctp\r\n"), DECLARED
    ),
    "blacklist line eaten by a comment": _plain(
        write(D, "# old \\\nblacklist sctp\n"), boot="on_demand"
    ),
    "blacklisted but declared through sctp_diag": _denied(
        "Blacklisted",
        BLACKLIST,
        write("/etc/modules-load.d/a.conf", "sctp_diag\n"),
        boot="ready",
    ),
    "blacklist and an alias to itself": _denied(
        "Blacklisted", BLACKLIST, DECLARED, modprobe_d("alias sctp sctp")
    ),
    "blacklisted by a kernel argument": _denied(
        "BlacklistedByKernelArgument", DECLARED, append="modprobe.blacklist=dccp,sctp"
    ),
    "denied by the kernel itself": _denied(
        "DeniedByKernelArgument", DECLARED, append="module_blacklist=sctp"
    ),
    "denied by the kernel, and blacklisted": _denied(
        "DeniedByKernelArgument", BLACKLIST, append="module_blacklist=sctp"
    ),
    "install true": _denied(
        "InstallOverride", DECLARED, modprobe_d("install sctp /bin/true")
    ),
    "install false": _denied(
        "InstallOverride", DECLARED, modprobe_d("install sctp /bin/false")
    ),
    "install true with a carriage return": _denied(
        "InstallOverride", write(D, "install sctp /bin/true\r\n")
    ),
    "install for every module": _denied(
        "InstallOverride", modprobe_d("install * /bin/true")
    ),
    "install that hands back to modprobe": _plain(
        DECLARED,
        modprobe_d("install sctp /sbin/modprobe --ignore-install sctp $CMDLINE_OPTS"),
    ),
    "install overruled by a softdep": _plain(
        DECLARED, modprobe_d("install sctp /bin/false", "softdep sctp pre: dummy")
    ),
    "install beside a softdep that leads nowhere": _denied(
        "InstallOverride",
        modprobe_d("install sctp /bin/false", "softdep sctp pre: no_such_module"),
    ),
    "install that runs a script": Scenario(
        "unknown",
        "unknown",
        "InstallCommandOpaque",
        (
            DECLARED,
            write("/usr/local/bin/maybe", "#!/bin/sh\n", mode=0o755),
            modprobe_d("install sctp /usr/local/bin/maybe"),
        ),
    ),
    "install that runs what is not there": _denied(
        "InstallOverride", DECLARED, modprobe_d("install sctp /usr/local/bin/none")
    ),
    "install for the name the kernel asks for": _denied(
        "InstallOverride",
        modprobe_d("install net-pf-2-proto-132 /bin/true"),
        DECLARED,
        boot="ready",
    ),
    "install false for a dependency": _denied(
        "DependencyOverridden", DECLARED, modprobe_d("install udp_tunnel /bin/false")
    ),
    "install true for a dependency": _denied(
        "DependencyOverridden", DECLARED, modprobe_d("install udp-tunnel /bin/true")
    ),
    "softdep that fails": _plain(
        DECLARED, modprobe_d("softdep sctp pre: dummy", "install dummy /bin/false")
    ),
    "alias off for both families": _denied(
        "AliasDiverted",
        modprobe_d("alias net-pf-2-proto-132 off", "alias net-pf-10-proto-132 off"),
    ),
    "alias off, undone for one type": _plain(
        modprobe_d(
            "alias net-pf-2-proto-132 off", "alias net-pf-2-proto-132-type-1 sctp"
        ),
        boot="on_demand",
    ),
    "alias of the module's own name off": _plain(
        DECLARED, modprobe_d("alias sctp off"), boot="on_demand"
    ),
    "alias off, declared": _denied(
        "AliasDiverted",
        DECLARED,
        modprobe_d("alias net-pf-2-proto-132 off"),
        boot="ready",
    ),
    "option with a bad value": _denied(
        "BadModuleOption", DECLARED, modprobe_d("options sctp no_checksums=banana")
    ),
    "option with a good value": _plain(
        DECLARED, modprobe_d("options sctp no_checksums=0")
    ),
    "module missing": _denied("ModuleMissing", DECLARED, steps.remove(SCTP)),
    "module truncated": _denied(
        "ModuleDamaged", DECLARED, steps.truncate(SCTP, 60_000)
    ),
    "module empty": _denied("ModuleDamaged", DECLARED, steps.truncate(SCTP, 0)),
    "dependency missing": _denied(
        "DependencyMissing", DECLARED, steps.remove(UDP_TUNNEL)
    ),
    "dependency truncated": _denied(
        "DependencyDamaged", DECLARED, steps.truncate(UDP_TUNNEL, 2_000)
    ),
    "module not indexed": _denied(
        "ModuleNotIndexed", DECLARED, steps.remove(f"{MODULES}/modules.dep.bin")
    ),
    "module for another kernel only": _denied(
        "ModuleForOtherKernelOnly", DECLARED, steps.move(MODULES, OTHER_KERNEL)
    ),
    "unsigned module": _plain(DECLARED, steps.copy(steps.UNSIGNED_SCTP, SCTP)),
    "unsigned module, signatures enforced": _denied(
        "SignatureRequired",
        DECLARED,
        steps.copy(steps.UNSIGNED_SCTP, SCTP),
        append="module.sig_enforce=1",
    ),
    "signed module, signatures enforced": Scenario(
        "on_demand", "on_demand", "AsExpected", append="module.sig_enforce=1"
    ),
    "unsigned module, kernel locked down": _denied(
        "SignatureRequired",
        steps.copy(steps.UNSIGNED_SCTP, SCTP),
        append="lockdown=integrity",
    ),
    "IPv6 disabled": Scenario(
        "on_demand", "ready", "AsExpected", (DECLARED,), append="ipv6.disable=1"
    ),
    "loaded, not declared": Scenario("ready", "on_demand", "AsExpected", now=(LOAD,)),
    "loaded and declared": Scenario(
        "ready", "ready", "AsExpected", (DECLARED,), now=(LOAD,)
    ),
    "loaded, declared, but denied": Scenario(
        "ready", "unavailable", "Blacklisted", (DECLARED, BLACKLIST), now=(LOAD,)
    ),
    "loaded, then modules disabled": Scenario(
        "ready",
        "unknown",  # who did it may do it again
        "FactUnreadable",
        now=(LOAD, steps.sysctl("kernel/modules_disabled", "1")),
    ),
    "modules disabled before the load": Scenario(
        "unavailable",
        "unknown",
        "ModulesDisabled",
        now=(steps.sysctl("kernel/modules_disabled", "1"),),
    ),
    "modules disabled at boot, declared": _plain(
        DECLARED, write("/etc/sysctl.d/a.conf", "kernel.modules_disabled = 1\n")
    ),
    "modules disabled at boot, not declared": Scenario(
        "on_demand",
        "unavailable",
        "ModulesDisabled",
        (write("/etc/sysctl.d/a.conf", "-kernel/modules_disabled=1\n"),),
    ),
    "helper empty": Scenario(
        "unavailable",
        "unknown",  # who set it may do it again
        "ModprobeHelper",
        now=(steps.sysctl("kernel/modprobe", "\n"),),
    ),
    "helper missing, declared": Scenario(
        "unavailable",
        "ready",
        "ModprobeHelper",
        (DECLARED,),
        now=(steps.sysctl("kernel/modprobe", "/sbin/none\n"),),
    ),
    "helper that does nothing": Scenario(
        "unavailable",
        "unknown",  # who set it may do it again
        "ModprobeHelper",
        now=(steps.sysctl("kernel/modprobe", "/bin/false\n"),),
    ),
    "helper not executable": Scenario(
        "unavailable",
        "unknown",  # who set it may do it again
        "ModprobeHelper",
        (write("/opt/modprobe", "#!/bin/sh\n", mode=0o644),),
        now=(steps.sysctl("kernel/modprobe", "/opt/modprobe\n"),),
    ),
    "helper that is a script": Scenario(
        "unknown",
        "unknown",  # who set it may do it again
        "HelperOpaque",
        (write("/opt/modprobe", "#!/bin/sh\n", mode=0o755),),
        now=(steps.sysctl("kernel/modprobe", "/opt/modprobe\n"),),
    ),
    "helper set at boot": Scenario(
        "on_demand",
        "unavailable",
        "ModprobeHelper",
        (write("/etc/sysctl.d/a.conf", "kernel.modprobe = /bin/true\n"),),
    ),
    "several causes at once": _denied(
        "ModuleMissing",
        BLACKLIST,
        DECLARED,
        modprobe_d("install sctp /bin/true", "alias net-pf-2-proto-132 off"),
        steps.remove(SCTP),
    ),
    "blacklist and install at once": _denied(
        "Blacklisted", BLACKLIST, DECLARED, modprobe_d("install sctp /bin/true")
    ),
}


def _forbidden(
    compliant: str,
    state: str,
    boot: str,
    reason: str,
    *files: Step,
    now: tuple[Step, ...] = (),
) -> Scenario:
    return Scenario(
        state, boot, reason, files, now, expect="forbidden", compliant=compliant
    )


_HARDENED = modprobe_d("install sctp /bin/false", "blacklist sctp")

FORBIDDEN = {
    "forbidden, nothing configured": _forbidden(
        "false", "on_demand", "on_demand", "LoadableWhereForbidden"
    ),
    "forbidden and hardened": _forbidden(
        "true", "unavailable", "unavailable", "AsExpected", _HARDENED
    ),
    "forbidden, hardened too late": _forbidden(
        "false",
        "ready",
        "unavailable",
        "LoadedWhereForbidden",
        _HARDENED,
        now=(steps.command("modprobe", "-i", "sctp"),),
    ),
    "forbidden, IPv4 alias off only": _forbidden(
        "false",
        "unavailable",
        "unavailable",
        "LoadableWhereForbidden",
        modprobe_d("alias net-pf-2-proto-132 off"),
    ),
    "forbidden, both aliases off": _forbidden(
        "true",
        "unavailable",
        "unavailable",
        "AsExpected",
        modprobe_d("alias net-pf-2-proto-132 off", "alias net-pf-10-proto-132 off"),
    ),
    "forbidden, one type still leads there": _forbidden(
        "false",
        "unavailable",
        "unavailable",
        "LoadableWhereForbidden",
        modprobe_d(
            "alias net-pf-2-proto-132 off",
            "alias net-pf-10-proto-132 off",
            "alias net-pf-2-proto-132-type-5 sctp",
        ),
    ),
    "forbidden, blacklisted but loaded through sctp_diag": _forbidden(
        "false",
        "unavailable",
        "ready",
        "LoadableWhereForbidden",
        BLACKLIST,
        write("/etc/modules-load.d/a.conf", "sctp-diag\n"),
    ),
    "forbidden, module missing": _forbidden(
        "true", "unavailable", "unavailable", "AsExpected", steps.remove(SCTP)
    ),
}

ALL = {**SCENARIOS, **FORBIDDEN}
