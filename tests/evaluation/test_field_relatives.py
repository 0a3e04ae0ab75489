"""Nodes as in public reports: no definite answer that such a node contradicts."""

import pytest

from agent.findings import Compliance, Expectation, Reason, State
from agent.hostfs.mounts import Mounts
from agent.names import MOUNTS
from tests.bootloader.test_systemd_boot import image
from tests.failing_calls import failing_name
from tests.nodes import (
    BOOT,
    BUILTIN,
    CMDLINE,
    CONFIG,
    DISABLED,
    ETC,
    HELPER,
    RELEASE,
    VENDOR,
    Files,
    Link,
    MakeNode,
    Pipe,
    loaded,
)

READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
DECLARED: Files = {BOOT: "sctp\n"}
DENIED: Files = {f"{ETC}/x.conf": "blacklist sctp\n"}
UNITS = "/etc/systemd/system"
SHELL: Files = {"/bin/sh": "", "/usr/bin/sh": ""}
LOADER = "/boot/loader/entries/a.conf"
STAGED = "/run/ostree/staged-deployment"
DISK = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
IN_MEMORY = "2 1 0:2 / /etc rw,nosuid - tmpfs tmpfs rw,mode=755\n"
OVERLAY = (
    "2 1 0:2 / /mem rw - tmpfs tmpfs rw\n3 1 0:3 / /etc rw shared:1 - overlay none "
    "rw,lowerdir=/etc,upperdir=/mem/o/etc,workdir=/mem/o/work\n"
)
STORE = "/nix/store/abc-nixos-system-n-24.11"
STOPS = "initcall_blacklist=sctp_init"
NAMES: Files = {CONFIG: "CONFIG_MODULES=y\nCONFIG_KALLSYMS=y\n"}
NO_NAMES: Files = {CONFIG: "CONFIG_MODULES=y\n# CONFIG_KALLSYMS is not set\n"}
SHOWN: Files = {
    CONFIG: None,
    "/proc/kallsyms": "0 t sctp_init\n",
    "/proc/version": "Linux version 6 (x@y) (gcc (Debian 12) 12.2.0, GNU ld) #1\n",
}
RENAMED: Files = {CONFIG: "CONFIG_MODULES=y\nCONFIG_KALLSYMS=y\nCONFIG_LTO_CLANG=y\n"}
UKI = {".linux": b"x", ".cmdline": b"ro", ".uname": RELEASE.encode()}
ADDON = image({".cmdline": b"module_blacklist=sctp"})


def _grub(words: str, kernel: str = f"/vmlinuz-{RELEASE}") -> Files:
    return {"/boot/grub/grub.cfg": f"menuentry x {{\n linux {kernel} {words}\n}}\n"}


def _unit(command: str, more: str = "") -> Files:
    return {
        f"{UNITS}/l.service": f"{more}[Service]\nExecStart={command}\n",
        f"{UNITS}/multi-user.target.wants/l.service": Link("../l.service"),
    }


@pytest.mark.parametrize(
    ("files", "state", "boot_state"),
    [
        pytest.param(
            {**DECLARED, **_grub("ro nomodule")},
            ON_DEMAND,
            UNAVAILABLE,
            id="loading is off from the start of the next boot",
        ),
        pytest.param(
            {**DECLARED, CMDLINE: "ro nomodule\n", DISABLED: "1\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="loading is off by an argument, now and then",
        ),
        pytest.param(
            {
                **DECLARED,
                CMDLINE: "ro nomodule\n",
                DISABLED: "1\n",
                **_grub("ro nomodule=0"),
            },
            UNAVAILABLE,
            READY,
            id="loading is off by an argument that is taken back",
        ),
        pytest.param(
            {**DECLARED, CMDLINE: f"ro {STOPS}\n"},
            UNKNOWN,
            UNKNOWN,
            id="the kernel may skip what sctp starts with",
        ),
        pytest.param(
            {**DECLARED, **NAMES, CMDLINE: f"ro {STOPS}\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="the kernel skips what sctp starts with",
        ),
        pytest.param(
            {**DECLARED, **SHOWN, CMDLINE: f"ro {STOPS}\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="the kernel shows that it knows functions by name",
        ),
        pytest.param(
            {
                **DECLARED,
                **SHOWN,
                "/proc/version": "Linux version 6 (clang version 18)\n",
                CMDLINE: f"ro {STOPS}\n",
            },
            UNKNOWN,
            UNKNOWN,
            id="the kernel shows names that its compiler may have changed",
        ),
        pytest.param(
            {**DECLARED, **NO_NAMES, CMDLINE: f"ro {STOPS}\n"},
            ON_DEMAND,
            READY,
            id="the kernel cannot skip what it knows no name of",
        ),
        pytest.param(
            {**DECLARED, **RENAMED, CMDLINE: f"ro {STOPS}\n"},
            UNKNOWN,
            UNKNOWN,
            id="the kernel may know what sctp starts with by another name",
        ),
        pytest.param(
            {**DECLARED, **NAMES, **_grub(f"ro {STOPS}")},
            ON_DEMAND,
            UNAVAILABLE,
            id="the kernel will skip what sctp starts with",
        ),
        pytest.param(
            {**DECLARED, **NAMES, CMDLINE: f"ro {STOPS}\n", **_grub("ro")},
            UNAVAILABLE,
            READY,
            id="the kernel skips it now and will not any more",
        ),
        pytest.param(
            {**DECLARED, **NAMES, DISABLED: "1\n", CMDLINE: f"ro {STOPS}\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="the kernel skips it and is shut off as well",
        ),
        pytest.param(
            {**BUILTIN, **NAMES, **_grub(f"ro {STOPS}")},
            READY,
            UNAVAILABLE,
            id="the kernel will skip what a built-in sctp starts with",
        ),
        pytest.param(
            {**BUILTIN, **NO_NAMES, **_grub(f"ro {STOPS}")},
            READY,
            READY,
            id="the kernel cannot skip what a built-in sctp starts with",
        ),
        pytest.param(
            {**BUILTIN, CMDLINE: f"ro {STOPS}\n"},
            READY,
            UNKNOWN,
            id="the kernel did not skip it, though it was told to",
        ),
        pytest.param(
            {**loaded(), **NAMES, CMDLINE: f"ro {STOPS}\n"},
            READY,
            UNKNOWN,
            id="the kernel started a module, though it was told to skip it",
        ),
        pytest.param(
            {**BUILTIN, **_grub(f"ro {STOPS}")},
            READY,
            UNKNOWN,
            id="the kernel may skip what a built-in sctp starts with",
        ),
        pytest.param(
            {**DECLARED, **_grub("ro initcall_blacklist=other_init")},
            ON_DEMAND,
            READY,
            id="the kernel skips something else",
        ),
        pytest.param(
            {**DECLARED, STAGED: "x"},
            ON_DEMAND,
            UNKNOWN,
            id="a deployment is staged for the shutdown",
        ),
        pytest.param(
            {**DECLARED, STAGED: "x", f"{STAGED}-locked": ""},
            ON_DEMAND,
            READY,
            id="a deployment is staged and locked",
        ),
        pytest.param(
            {**DECLARED, LOADER: "title x\nefi /EFI/Linux/a.efi\n"},
            ON_DEMAND,
            UNKNOWN,
            id="systemd-boot starts another program",
        ),
        pytest.param(
            {**DECLARED, LOADER: "title x\nuki /EFI/Linux/linux.efi\n"},
            ON_DEMAND,
            UNKNOWN,
            id="systemd-boot starts an image that is not in its folder",
        ),
        pytest.param(
            {
                **DECLARED,
                "/boot/EFI/Linux/a.efi": image(UKI),
                "/boot/EFI/Linux/a.efi.extra.d/x.addon.efi": ADDON,
            },
            ON_DEMAND,
            UNKNOWN,
            id="an addon of an image denies sctp, if it is trusted",
        ),
        pytest.param(
            {
                **DECLARED,
                "/boot/EFI/Linux/a.efi": image(UKI),
                "/boot/loader/addons/x.addon.efi": image({".cmdline": b"quiet"}),
                "/boot/loader/addons/notes.txt": "x",
                "/boot/loader/addons/folder.addon.efi/": None,
            },
            ON_DEMAND,
            READY,
            id="an addon for all images decides nothing",
        ),
        pytest.param(
            {
                **DECLARED,
                "/boot/EFI/Linux/a.efi": image(UKI),
                "/boot/loader/addons/x.addon.efi": Pipe(),
            },
            ON_DEMAND,
            UNKNOWN,
            id="an addon for all images cannot be read",
        ),
        pytest.param(
            {
                **DECLARED,
                CMDLINE: f"init={STORE}-1/init\n",
                **_grub(f"init={STORE}-2/init", "/kernels/abc-linux-6.6.52-bzImage"),
            },
            ON_DEMAND,
            UNKNOWN,
            id="NixOS boots another generation",
        ),
        pytest.param(
            {
                **DECLARED,
                CMDLINE: f"init={STORE}-1/init\n",
                f"{STORE}-2/": None,
                "/run/current-system": Link(f"{STORE}-2"),
                **_grub(f"init={STORE}-2/init", "/kernels/abc-linux-6.6.52-bzImage"),
            },
            ON_DEMAND,
            READY,
            id="NixOS boots the generation that it was switched to",
        ),
        pytest.param(
            {
                "/nix/store/": None,
                "/sbin": None,
                "/usr/sbin/modprobe": None,
                f"{STORE}-kmod/bin/modprobe": Link("../../../../usr/bin/kmod"),
                HELPER: f"{STORE}-kmod/bin/modprobe\n",
            },
            ON_DEMAND,
            ON_DEMAND,
            id="NixOS sets the helper at each boot",
        ),
        pytest.param(
            {HELPER: "/bin/false\n"},
            UNAVAILABLE,
            UNKNOWN,
            id="something unknown took the helper away",
        ),
        pytest.param(
            {HELPER: "/bin/false\n", "/etc/sysctl.d/a.conf": "kernel.modprobe=/x\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="a setting takes the helper away",
        ),
        pytest.param(
            {**DECLARED, HELPER: "/bin/false\n"},
            UNAVAILABLE,
            READY,
            id="no helper is needed by what is declared",
        ),
        pytest.param(
            {
                **DENIED,
                **_unit("/bin/sh -c 'for m in sctp; do modprobe $m; done'"),
            },
            UNAVAILABLE,
            UNKNOWN,
            id="a unit loads it in a loop",
        ),
        pytest.param(
            {**DENIED, **_unit("/opt/load"), "/opt/load": "#!/bin/sh\nM=sctp\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="the script of a unit names it and loads nothing",
        ),
        pytest.param(
            {
                **DENIED,
                **_unit("/opt/load"),
                "/opt/load": "#!/bin/sh\nMODULES='dccp sctp'\nmodprobe -a $MODULES\n",
            },
            UNAVAILABLE,
            UNKNOWN,
            id="the script of a unit loads a list",
        ),
        pytest.param(
            {
                **DENIED,
                **_unit("/sbin/modprobe sctp", "[Unit]\nConditionPathExists=/x\n"),
            },
            UNAVAILABLE,
            UNKNOWN,
            id="a unit loads it under a condition",
        ),
        pytest.param(
            {
                **DENIED,
                **_unit("/sbin/modprobe sctp"),
                f"{UNITS}/l.service.d/a.conf": "[Service]\nExecStart=\n",
            },
            UNAVAILABLE,
            UNAVAILABLE,
            id="a drop-in takes the unit's command back",
        ),
        pytest.param(
            {
                **DENIED,
                f"{UNITS}/l.service": Link("/dev/null"),
                f"{UNITS}/multi-user.target.wants/l.service": Link("../l.service"),
            },
            UNAVAILABLE,
            UNAVAILABLE,
            id="the unit is masked",
        ),
        pytest.param(
            {
                **DECLARED,
                "/etc/dracut.conf.d/a.conf": 'omit_drivers+=" sctp "\n',
            },
            ON_DEMAND,
            READY,
            id="dracut leaves it out of the initramfs, which needs none",
        ),
        pytest.param(
            {
                **SHELL,
                f"{ETC}/x.conf": "install sctp [ -e /x ] && modprobe -i sctp\n",
            },
            UNKNOWN,
            UNKNOWN,
            id="an install line tests for a file by what sh has built in",
        ),
        pytest.param(
            {**DECLARED, MOUNTS: DISK + IN_MEMORY},
            ON_DEMAND,
            ON_DEMAND,
            id="declared in an /etc in memory: a socket loads it at the latest",
        ),
        pytest.param(
            {**DENIED, MOUNTS: DISK + IN_MEMORY},
            UNAVAILABLE,
            UNKNOWN,
            id="denied in an /etc in memory",
        ),
        pytest.param(
            {
                f"{ETC}/v.conf": "",
                f"{VENDOR}/v.conf": "blacklist sctp\n",
                MOUNTS: DISK + IN_MEMORY,
            },
            ON_DEMAND,
            UNKNOWN,
            id="a denial is hidden in an /etc in memory",
        ),
        pytest.param(
            {
                f"{VENDOR}/v.conf": "blacklist sctp\n",
                MOUNTS: DISK + IN_MEMORY,
            },
            UNAVAILABLE,
            UNAVAILABLE,
            id="denied on the disk",
        ),
        pytest.param(
            {
                **DENIED,
                MOUNTS: DISK + IN_MEMORY,
                "/usr/lib/os-release": "ID=bottlerocket\n",
            },
            UNAVAILABLE,
            UNAVAILABLE,
            id="Bottlerocket writes its /etc by its settings",
        ),
        pytest.param(
            {**DENIED, f"/mem/o{ETC}/x.conf": "x", MOUNTS: DISK + OVERLAY},
            UNAVAILABLE,
            UNKNOWN,
            id="denied in an overlay, in memory",
        ),
        pytest.param(
            {**DENIED, "/mem/o/etc/": None, MOUNTS: DISK + OVERLAY},
            UNAVAILABLE,
            UNAVAILABLE,
            id="denied by the image below an overlay",
        ),
        pytest.param(
            {**DENIED, "/boot/loader/entries/a.conf": Link("a.conf")},
            UNAVAILABLE,
            UNAVAILABLE,
            id="an entry of the boot loader is a link to itself",
        ),
        pytest.param(
            {**DECLARED, "/etc/modules-load.d/z.conf": Link("x" * 256)},
            ON_DEMAND,
            READY,
            id="a link beside what is declared leads to no name that can be",
        ),
        pytest.param(
            {**DECLARED, "/etc/modules-load.d/sctp.conf": Link("x" * 256)},
            ON_DEMAND,
            ON_DEMAND,
            id="what is declared is a link to no name that can be",
        ),
        pytest.param(
            {**DENIED, MOUNTS: f"{DISK}{OVERLAY}".replace("/mem/o", "/var/o")},
            UNAVAILABLE,
            UNAVAILABLE,
            id="denied in an overlay on the disk",
        ),
        pytest.param(
            {**DENIED, MOUNTS: f"an odd line\n{DISK}"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="denied on the disk, and the list of mounts has a line that is none",
        ),
        pytest.param(
            {**DENIED, MOUNTS: Pipe()},
            UNAVAILABLE,
            UNKNOWN,
            id="where it is denied is not known",
        ),
        pytest.param(
            {**DECLARED, MOUNTS: Pipe()},
            ON_DEMAND,
            UNKNOWN,
            id="where it is declared is not known",
        ),
        pytest.param({BOOT: "sctp\r\n"}, ON_DEMAND, READY, id="declared under Windows"),
        pytest.param(
            {f"{ETC}/x.conf": "blacklist sctp\r\n"},
            ON_DEMAND,
            ON_DEMAND,
            id="denied under Windows, which kmod takes for another name",
        ),
        pytest.param(
            {BOOT: "\ufeffsctp\n"}, ON_DEMAND, ON_DEMAND, id="a byte order mark"
        ),
        pytest.param(
            {BOOT: "sctp_diag\n"}, ON_DEMAND, READY, id="what needs it is declared"
        ),
    ],
)
def test_states(
    make_node: MakeNode, files: Files, state: State, boot_state: State
) -> None:
    """Definite where all that decides was read, else unknown."""
    verdict = make_node(files).report().verdict

    assert (verdict.state, verdict.boot_state) == (state, boot_state)


BUILT_IN_STOPPED: Files = {
    **{path: content for path, content in BUILTIN.items() if "net/sctp/" not in path},
    CONFIG: "CONFIG_KALLSYMS=y\nCONFIG_IP_SCTP=y\n",
    CMDLINE: f"ro {STOPS}\n",
    **_grub(f"ro {STOPS}"),
}
NO_PROTOCOL = {
    ("host", family, style): ("socket", error)
    for family in ("ipv4", "ipv6")
    for style, error in (
        ("one-to-one", "EPROTONOSUPPORT"),
        ("one-to-many", "ESOCKTNOSUPPORT"),
    )
}


@pytest.mark.parametrize("offline", [False, True], ids=["live", "offline"])
@pytest.mark.parametrize(
    ("expectation", "compliant"),
    [
        (Expectation.REQUIRED, Compliance.FALSE),
        (Expectation.FORBIDDEN, Compliance.TRUE),
    ],
)
def test_built_in_and_not_started(
    make_node: MakeNode,
    expectation: Expectation,
    compliant: Compliance,
    *,
    offline: bool,
) -> None:
    """A socket, or the kernel's build, shows that the argument is heeded."""
    node = make_node(BUILT_IN_STOPPED)
    verdict = node.report(
        expectation, offline=offline, release=RELEASE, failures=NO_PROTOCOL
    ).verdict

    assert (verdict.state, verdict.boot_state) == (UNAVAILABLE, UNAVAILABLE)
    assert verdict.compliant == compliant
    if expectation == Expectation.REQUIRED:
        assert verdict.reason == Reason.DENIED_BY_KERNEL_ARGUMENT
        assert STOPS in verdict.remedy


def test_built_in_and_perhaps_not_started(make_node: MakeNode) -> None:
    """Files alone do not tell for a kernel of which it is not known."""
    node = make_node(BUILT_IN_STOPPED, {CONFIG: "CONFIG_IP_SCTP=y\n"})
    verdict = node.report(Expectation.FORBIDDEN, offline=True).verdict

    assert (verdict.state, verdict.boot_state) == (UNKNOWN, UNKNOWN)
    assert verdict.compliant == Compliance.UNKNOWN


def test_built_in_and_failing_otherwise(make_node: MakeNode) -> None:
    """Another error does not show that the argument is heeded."""
    node = make_node(BUILT_IN_STOPPED)
    failures = {("host", "ipv4", "one-to-one"): ("bind", "EACCES")}

    assert node.report(failures=failures).verdict.reason == Reason.SOCKET_FAILED


def test_overlay_that_fails(make_node: MakeNode) -> None:
    """Whether the file is of the image below is not known then."""
    node = make_node(DENIED, {"/mem/o/etc/": None, MOUNTS: DISK + OVERLAY})
    with failing_name("o"):
        assert node.report().verdict.boot_state == UNKNOWN


def test_mounts_of_another_process_1(make_node: MakeNode) -> None:
    """A pod that is not shown the node's /proc has those of its own container."""
    node = make_node(DENIED, {MOUNTS: DISK + IN_MEMORY})
    given = Mounts(("/boot", "/etc", "/lib", "/sbin", "/usr"))

    assert node.report(given=given).verdict.boot_state == UNAVAILABLE
