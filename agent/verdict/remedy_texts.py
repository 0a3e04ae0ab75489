"""What to do about each reason on each family of systems: templates, no logic."""

from agent.findings import Reason
from agent.verdict.argument_texts import ARGUMENT
from agent.verdict.platforms import Platform

MASK = (
    "hide {path} with an empty file /etc/modprobe.d/{name}, or remove the line; "
    "it counts at once for the next load"
)
_POOL = "for this node's pool, whose nodes reboot (first `machineconfig verify`)"
_MACHINE_CONFIG = (
    "apply a MachineConfig that writes an empty /etc/modprobe.d/{name} and `sctp` "
    f"into /etc/modules-load.d/sctp-load.conf, {_POOL}; where another MachineConfig "
    "(of a ComplianceRemediation, say) writes that file, take it out there"
)
_DENY = (
    "apply a MachineConfig that denies sctp in modprobe.d and declares it in no "
    f"modules-load.d file, {_POOL}"
)
_IGNITION = (
    "in the Butane or Ignition configuration write an empty /etc/modprobe.d/{name} "
    "and `sctp` into /etc/modules-load.d/sctp.conf; on a running node write both "
    "and run `systemctl restart systemd-modules-load`"
)
_BOTTLEROCKET = (
    "run `apiclient set settings.kernel.modules.sctp.allowed=true "
    "settings.kernel.modules.sctp.autoload=true`, in the user data for new nodes: "
    "Bottlerocket writes {path} from its settings"
)
_IMAGE = "this image's kernel has no SCTP: use a node image whose kernel has it"
_OTHER_IMAGE = {
    Platform.TALOS: "upgrade Talos: since 1.8 its kernel has SCTP built in",
    Platform.COS: "Container-Optimized OS ships no SCTP: use an Ubuntu node pool",
    Platform.FLATCAR: "Flatcar's own kernels have sctp: update to a current release, "
    "or bring back the module directory under /usr/lib/modules/{release}",
    Platform.BOTTLEROCKET: "Bottlerocket's own kernels have sctp: update to a current "
    "release of the variant",
}
_PACKAGES = {
    Platform.RHEL: "install kernel-modules-extra-{release} and empty "
    "/etc/modprobe.d/sctp-blacklist.conf, which it brings",
    Platform.FEDORA: "install kernel-modules-extra-{release} and empty "
    "/etc/modprobe.d/sctp-blacklist.conf, which it brings",
    Platform.RHCOS: "RHCOS ships kernel-modules-extra in its image, so this node does "
    "not boot what the pool wants: compare `rpm-ostree status` with osImageURL of the "
    "rendered MachineConfig; a layered image has to keep the package",
    Platform.FEDORA_COREOS: "layer it: `rpm-ostree install kernel-modules-extra`, "
    "empty /etc/modprobe.d/sctp-blacklist.conf, which it brings, and reboot",
    Platform.UBUNTU: "install linux-modules-{release}, or linux-modules-extra-"
    "{release} where a flavour keeps sctp there",
    Platform.DEBIAN: "install linux-image-{release}; the -cloud flavour may lack "
    "modules: boot the plain one",
    Platform.SUSE: "install kernel-default in place of kernel-default-base (on SL "
    "Micro by `transactional-update pkg install`) and boot it",
    Platform.IMAGE_MODE: "add kernel-modules-extra of {release} to the image and run "
    "`bootc upgrade` (or layer it: `rpm-ostree install kernel-modules-extra`), empty "
    "/etc/modprobe.d/sctp-blacklist.conf, which it brings, and reboot",
    Platform.NIXOS: "boot a kernel of nixpkgs with sctp (CONFIG_IP_SCTP=m): "
    "boot.kernelPackages in the NixOS configuration",
    Platform.AZURE_LINUX: "choose a node image whose kernel has sctp: packages "
    "installed by hand are gone with the node",
    **_OTHER_IMAGE,
}
_DECLARE = {
    Platform.RHCOS: "apply a MachineConfig that writes `sctp` into "
    "/etc/modules-load.d/sctp-load.conf",
    Platform.BOTTLEROCKET: "run `apiclient set "
    "settings.kernel.modules.sctp.autoload=true`",
    Platform.TALOS: "add `sctp` to machine.kernel.modules",
    Platform.NIXOS: 'add "sctp" to boot.kernelModules and run `nixos-rebuild switch`',
    Platform.UNKNOWN: "write `sctp` into /etc/modules-load.d/sctp.conf",
}
_FILES = {
    Platform.RHCOS: _MACHINE_CONFIG,
    Platform.FEDORA_COREOS: _IGNITION,
    Platform.FLATCAR: _IGNITION,
    Platform.BOTTLEROCKET: _BOTTLEROCKET,
    Platform.UNKNOWN: MASK,
}
_SYSCTL = (
    "see which file sets it: `grep -rs {text} /etc/sysctl.conf /etc/sysctl.d "
    "/run/sysctl.d /usr/lib/sysctl.d`"
)
_REINSTALL = {
    Platform.RHEL: "reinstall kernel-modules-extra-{release} (`dnf reinstall`), "
    "then run `depmod {release}`",
    Platform.RHCOS: "the image on disk is damaged: rebuild or replace the node",
    Platform.UNKNOWN: "reinstall the package of the kernel {release} that owns the "
    "file, then run `depmod {release}`",
}

_LOADED_AT_BOOT = {
    Platform.UNKNOWN: "load sctp at boot: write `sctp` into /etc/modules-load.d/"
    "sctp.conf and run `systemctl restart systemd-modules-load`",
    Platform.RHCOS: _DECLARE[Platform.RHCOS],
    Platform.BOTTLEROCKET: _DECLARE[Platform.BOTTLEROCKET],
}

BY_REASON: dict[Reason, dict[Platform, str]] = {
    Reason.NO_MODULE_SUPPORT: {Platform.UNKNOWN: _IMAGE, **_OTHER_IMAGE},
    Reason.NOT_IN_KERNEL: {Platform.UNKNOWN: _IMAGE, **_OTHER_IMAGE},
    Reason.MODULE_FOR_OTHER_KERNEL_ONLY: {
        Platform.UNKNOWN: "install the modules of the running kernel {release}, or "
        "boot a kernel that has sctp",
        **_PACKAGES,
    },
    Reason.MODULE_NOT_INDEXED: {Platform.UNKNOWN: "run `depmod {release}` on the node"},
    Reason.MODULE_MISSING: {
        Platform.UNKNOWN: "install the distribution's package of extra kernel modules "
        "for {release}; a flavour for virtual machines or clouds may have none: boot "
        "the ordinary kernel then",
        **_PACKAGES,
    },
    Reason.MODULE_DAMAGED: _REINSTALL,
    Reason.MODULE_OF_OTHER_BUILD: _REINSTALL,
    Reason.DEPENDENCY_MISSING: _REINSTALL,
    Reason.DEPENDENCY_DAMAGED: _REINSTALL,
    Reason.SIGNATURE_REQUIRED: {
        Platform.UNKNOWN: "install the distribution's own, signed module for "
        "{release}; a module of another builder has to be signed with an enrolled key",
    },
    Reason.DENIED_BY_KERNEL_ARGUMENT: {
        Platform.UNKNOWN: "remove `{text}` from the boot loader's kernel arguments "
        "and reboot",
        **ARGUMENT,
    },
    Reason.BLACKLISTED_BY_KERNEL_ARGUMENT: {
        Platform.UNKNOWN: "remove `{text}` from the boot loader's kernel arguments "
        "and reboot",
        **ARGUMENT,
    },
    Reason.MODULES_DISABLED: {
        Platform.UNKNOWN: "only a reboot takes kernel.modules_disabled back: load sctp "
        "from modules-load.d, before it is set, then reboot; "
        + _SYSCTL.format(text="modules_disabled"),
    },
    Reason.ALIAS_DIVERTED: _FILES,
    Reason.BLACKLISTED: _FILES,
    Reason.INSTALL_OVERRIDE: _FILES,
    Reason.DEPENDENCY_OVERRIDDEN: _FILES,
    Reason.BAD_MODULE_OPTION: {Platform.UNKNOWN: "correct the value in {path}"},
    Reason.MODPROBE_HELPER: {
        Platform.UNKNOWN: "load sctp at boot (write `sctp` into "
        "/etc/modules-load.d/sctp.conf), which needs no helper, or set "
        "kernel.modprobe to /sbin/modprobe; " + _SYSCTL.format(text="kernel.modprobe"),
    },
    Reason.INSTALL_COMMAND_OPAQUE: {
        Platform.UNKNOWN: "read what the command in {path} does; replace it by "
        "`modprobe --ignore-install` or remove the line",
    },
    Reason.HELPER_OPAQUE: {
        Platform.UNKNOWN: "set kernel.modprobe to /sbin/modprobe, or load sctp at boot",
    },
    Reason.BOOT_LOAD_OPAQUE: {
        Platform.UNKNOWN: "where SCTP is wanted, write `sctp` into /etc/modules-load.d/"
        "sctp.conf and remove what denies it; where it is not, take the load out of "
        "{path}",
    },
    Reason.SELINUX_DENIES_LOAD: _LOADED_AT_BOOT,
    Reason.SELINUX_DENIES_SOCKET: {
        Platform.UNKNOWN: "update container-selinux, or allow it by a policy module",
    },
    Reason.SELINUX_DECIDES: _LOADED_AT_BOOT,
    Reason.FIPS_COOKIE_ALGORITHM: {
        Platform.UNKNOWN: "set net.sctp.cookie_hmac_alg to sha1 or sha256 (md5 is "
        "not allowed in FIPS mode)",
    },
    Reason.SOCKET_FAILED: {
        Platform.UNKNOWN: "look at dmesg and at `cat /proc/net/sctp/snmp`; a security "
        "module or a seccomp profile may deny SCTP sockets",
    },
    Reason.SOCKET_TIMEOUT: {
        Platform.UNKNOWN: "find what drops SCTP on loopback: `nft list ruleset`",
    },
    Reason.NOT_DECLARED_AT_BOOT: _DECLARE,
    Reason.DECLARED_BUT_NOT_LOADED: {
        Platform.UNKNOWN: "run `systemctl restart systemd-modules-load` and read its "
        "journal",
    },
    Reason.LOADED_WHERE_FORBIDDEN: {
        Platform.UNKNOWN: "sctp cannot be unloaded: deny it (a line `install sctp "
        "/bin/false` and `blacklist sctp` in /etc/modprobe.d/sctp.conf), then reboot",
        Platform.RHCOS: _DENY,
    },
    Reason.LOADABLE_WHERE_FORBIDDEN: {
        Platform.UNKNOWN: "write `install sctp /bin/false` and `blacklist sctp` into "
        "/etc/modprobe.d/sctp.conf and remove sctp from modules-load.d",
        Platform.RHCOS: _DENY,
        Platform.BOTTLEROCKET: "run `apiclient set "
        "settings.kernel.modules.sctp.allowed=false`",
    },
    Reason.CONFIG_DRIFT: {
        Platform.UNKNOWN: "see what the machine-config-daemon of this node says (`oc "
        "logs`), and put back what was changed by hand; a pending reboot ends it too",
    },
    Reason.LOST_WITH_OTHER_KERNEL: {
        Platform.UNKNOWN: "install the extra modules for that kernel too, or remove "
        "the kernel, before the node boots it",
    },
    Reason.INEFFECTIVE_LINE: {
        Platform.UNKNOWN: "correct {path}: the line does nothing as it stands",
    },
    Reason.VERSION_DECIDES: {
        Platform.UNKNOWN: "let the agent see the node's libkmod (/usr/lib, /usr/lib64)",
    },
    Reason.FACT_UNREADABLE: {
        Platform.UNKNOWN: "let the agent read it: run it as root with the node's file "
        "system mounted",
    },
    Reason.FACT_TIMEOUT: {
        Platform.UNKNOWN: "look for a hanging file system under the path (`mount`, "
        "`cat /proc/*/stack`), or a node without time (`cat /proc/pressure/*`)",
    },
    Reason.NOT_PROBED: {
        Platform.UNKNOWN: "run the agent where it may open an SCTP socket",
    },
    Reason.CHECK_CRASHED: {
        Platform.UNKNOWN: "this is a defect of the agent: report it with its log",
    },
}

#: On AKS this file comes with the node image, whatever the node's system.
AKS_FILE = "/etc/modprobe.d/CIS.conf"
AKS = (
    "remove the line from {path} on every node that needs SCTP, by a privileged "
    "DaemonSet on AKS, whose node images bring the file with every new node"
)
BUILT_IN = (
    "SCTP is built into {release}: no modprobe.d file takes it away; use a kernel "
    "without it, or deny SCTP sockets by a seccomp profile"
)
ARCHIVE = (
    "the files do not say: add what is missing to the archive, or run the agent on the "
    "node itself"
)
DECLARED = (
    "sctp is declared: load it by `systemctl restart systemd-modules-load`, or reboot"
)
UNDECLARED = (
    "have sctp loaded at boot by /etc/modules-load.d, or denied by /etc/modprobe.d if "
    "it is not wanted: then {path}, which the agent is not given, does not matter"
)
OWN_FILE = "remove the line from {path}; it counts at once for the next load"
