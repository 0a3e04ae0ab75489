"""The kernel that boots next: the boot loader's word for it, and what it means."""

import pytest

from agent.checks.context import CheckContext
from agent.checks.next_kernel import evaluate
from agent.facts import Gap, NextKernel, NodeFacts
from agent.findings import Expectation, Origin, Reason, State, Status
from agent.loading.assessment import Assessment
from agent.verdict.states import look
from tests.nodes import (
    BOOT,
    BUILTIN,
    CMDLINE,
    CONFIG,
    DISABLED,
    ENFORCED,
    HELPER,
    MODULES,
    OTHER_RELEASE,
    RELEASE,
    Content,
    Files,
    Link,
    MakeNode,
    Pipe,
    elf,
    loaded,
    module_tree,
)

GRUB, ENTRIES = "/boot/grub2/grub.cfg", "/boot/loader/entries"
BLS = "set default=0\nblscfg\n"
OTHER = module_tree(OTHER_RELEASE)
WITHOUT = module_tree(OTHER_RELEASE, without=("sctp", "sctp_diag"))
IMAGE: Files = {f"/boot/vmlinuz-{OTHER_RELEASE}": "image"}
LIBKMOD = "/usr/lib/x86_64-linux-gnu/libkmod.so.2"
DEPLOYMENT = "/ostree/deploy/os/deploy/1.0"
OTHER_TREE = f"{DEPLOYMENT}/usr/lib/modules/{OTHER_RELEASE}"


def _entry(release: str, options: str = "ro") -> Files:
    text = f"linux /vmlinuz-{release}\noptions {options}\n"
    return {GRUB: BLS, f"{ENTRIES}/x.conf": text}


def _origin(release: str, options: str = "ro") -> Origin:
    return Origin(f"{ENTRIES}/x.conf", None, f"/vmlinuz-{release} {options}")


@pytest.mark.parametrize(
    ("files", "status", "reason", "evidence", "boot_state"),
    [
        pytest.param(
            _entry(RELEASE),
            Status.PASS,
            Reason.AS_EXPECTED,
            (_origin(RELEASE),),
            State.READY,
            id="the running one",
        ),
        pytest.param(
            {**_entry(OTHER_RELEASE), **OTHER},
            Status.PASS,
            Reason.AS_EXPECTED,
            (_origin(OTHER_RELEASE),),
            State.READY,
            id="another one that has sctp",
        ),
        pytest.param(
            {**_entry(OTHER_RELEASE), **WITHOUT},
            Status.FAIL,
            Reason.LOST_WITH_OTHER_KERNEL,
            (_origin(OTHER_RELEASE),),
            State.UNAVAILABLE,
            id="another one without sctp",
        ),
        pytest.param(
            {**_entry(RELEASE), **WITHOUT, **IMAGE},
            Status.WARN,
            Reason.LOST_WITH_OTHER_KERNEL,
            (Origin(f"/lib/modules/{OTHER_RELEASE}"),),
            State.READY,
            id="an installed one without sctp",
        ),
        pytest.param(
            {**_entry(RELEASE), **WITHOUT},
            Status.PASS,
            Reason.AS_EXPECTED,
            (_origin(RELEASE),),
            State.READY,
            id="a leftover folder is no kernel",
        ),
        pytest.param(
            {}, Status.SKIP, Reason.NOT_APPLICABLE, (), State.READY, id="no GRUB"
        ),
        pytest.param(
            {GRUB: Pipe()},
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(GRUB),),
            State.UNKNOWN,
            id="unreadable",
        ),
        pytest.param(
            {**_entry(RELEASE), f"{ENTRIES}/y.conf": Pipe()},
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(f"{ENTRIES}/y.conf"),),
            State.UNKNOWN,
            id="an unreadable entry",
        ),
        pytest.param(
            {GRUB: BLS, ENTRIES: Link("entries")},
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(ENTRIES),),
            State.UNKNOWN,
            id="a link to itself in place of the entries",
        ),
        pytest.param(
            {GRUB: BLS, ENTRIES: Pipe()},
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin("/boot"),),
            State.UNKNOWN,
            id="a pipe in place of the entries",
        ),
        pytest.param(
            {GRUB: "set default=0\n"},
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin("/boot"),),
            State.UNKNOWN,
            id="an empty menu",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    files: Files,
    status: Status,
    reason: Reason,
    evidence: tuple[Origin, ...],
    boot_state: State,
) -> None:
    """The menu is named as evidence, and boot_state is about that kernel."""
    node = make_node({BOOT: "sctp\n"}, files)
    finding = node.finding("next_kernel")

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
    assert node.report().verdict.boot_state == boot_state


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param(
            "ro module_blacklist=sctp", Reason.DENIED_BY_KERNEL_ARGUMENT, id="kernel"
        ),
        pytest.param(
            "ro modprobe.blacklist=sctp",
            Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
            id="kmod",
        ),
        pytest.param(
            "ro sysctl.kernel.modules_disabled=1", Reason.MODULES_DISABLED, id="sysctl"
        ),
    ],
)
def test_arguments_of_the_next_boot(
    make_node: MakeNode, options: str, reason: Reason
) -> None:
    """Arguments that only the next boot gets decide over it, and are located there."""
    node = make_node({BOOT: "sctp\n"}, _entry(RELEASE, options))
    report = node.report()

    assert report.verdict.state == State.ON_DEMAND
    assert report.verdict.boot_state == State.UNAVAILABLE
    assert report.verdict.reason == reason
    found = next(c.finding for c in report.checks if c.name == "modules_load")
    assert f"{ENTRIES}/x.conf" in {origin.path for origin in found.evidence}


READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
DENIED, HELPER_OFF = "module_blacklist=sctp", "sysctl.kernel.modprobe=/bin/true"
SHUT = "sysctl.kernel.modules_disabled=1"
BAD_OPTION, NOT_STARTED = "sctp.no_checksums=banana", "initcall_blacklist=sctp_init"
MASK = "systemd.mask=systemd-modules-load.service"
HEEDS: Files = {CONFIG: "CONFIG_MODULES=y\nCONFIG_IP_SCTP=m\nCONFIG_KALLSYMS=y\n"}


@pytest.mark.parametrize(
    ("now", "later", "running", "state", "boot_state"),
    [
        pytest.param(DENIED, "", {}, UNAVAILABLE, ON_DEMAND, id="denial removed"),
        pytest.param("", DENIED, {}, ON_DEMAND, UNAVAILABLE, id="denial added"),
        pytest.param(
            DENIED,
            "module_blacklist=dccp",
            {},
            UNAVAILABLE,
            ON_DEMAND,
            id="denial of another",
        ),
        pytest.param(
            "modprobe.blacklist=sctp",
            "",
            {},
            UNAVAILABLE,
            ON_DEMAND,
            id="blacklist removed",
        ),
        pytest.param(
            "",
            "modprobe.blacklist=sctp",
            {},
            ON_DEMAND,
            UNAVAILABLE,
            id="blacklist added",
        ),
        pytest.param(
            "modules_load=sctp", "", loaded(), READY, ON_DEMAND, id="load removed"
        ),
        pytest.param("", "modules_load=sctp", {}, ON_DEMAND, READY, id="load added"),
        pytest.param(
            "modules_load=sctp",
            "modules_load=dccp",
            loaded(),
            READY,
            ON_DEMAND,
            id="load of another",
        ),
        pytest.param(
            SHUT, "", {DISABLED: "1\n"}, UNAVAILABLE, ON_DEMAND, id="shut no more"
        ),
        pytest.param("", SHUT, {}, ON_DEMAND, UNAVAILABLE, id="shut"),
        pytest.param(
            HELPER_OFF,
            "",
            {HELPER: "/bin/true\n"},
            UNAVAILABLE,
            ON_DEMAND,
            id="helper of the kernel again",
        ),
        pytest.param("", HELPER_OFF, {}, ON_DEMAND, UNAVAILABLE, id="another helper"),
        pytest.param(
            "nomodule",
            "",
            {DISABLED: "1\n"},
            UNAVAILABLE,
            ON_DEMAND,
            id="modules again",
        ),
        pytest.param("", "nomodule", {}, ON_DEMAND, UNAVAILABLE, id="no modules"),
        pytest.param(
            BAD_OPTION, "", {}, UNAVAILABLE, ON_DEMAND, id="bad option removed"
        ),
        pytest.param("", BAD_OPTION, {}, ON_DEMAND, UNAVAILABLE, id="bad option added"),
        pytest.param(
            MASK, "", {BOOT: "sctp\n"}, ON_DEMAND, READY, id="unit masked no more"
        ),
        pytest.param(
            "", MASK, {BOOT: "sctp\n"}, ON_DEMAND, ON_DEMAND, id="unit masked"
        ),
        pytest.param(
            NOT_STARTED, "", HEEDS, UNAVAILABLE, ON_DEMAND, id="started again"
        ),
        pytest.param(
            "", NOT_STARTED, HEEDS, ON_DEMAND, UNAVAILABLE, id="started no more"
        ),
    ],
)
def test_argument_that_is_added_removed_or_changed(
    make_node: MakeNode,
    now: str,
    later: str,
    running: Files,
    state: State,
    boot_state: State,
) -> None:
    """Each argument that decides does so for the boots that have it, no other."""
    node = make_node(
        running, {CMDLINE: f"ro {now}\n"}, _entry(RELEASE, f"ro {later}".strip())
    )
    verdict = node.report().verdict

    assert (verdict.state, verdict.boot_state) == (state, boot_state)


ENFORCE, LOCK = "module.sig_enforce=1", "lockdown=integrity"
BIOS: Files = {"/sys/firmware/acpi/": None}
VARIABLES = "/sys/firmware/efi/efivars"
SECURE_BOOT = f"{VARIABLES}/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
LOCKED = {
    "/sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
    ENFORCED: "N\n",
}
BUILD = "CONFIG_MODULES=y\nCONFIG_IP_SCTP=m\n"


@pytest.mark.parametrize(
    ("now", "later", "files", "boot_state"),
    [
        pytest.param("", "module.sig_enforce", {}, UNAVAILABLE, id="added bare"),
        pytest.param("", ENFORCE, {}, UNAVAILABLE, id="added"),
        pytest.param("", "module.sig_enforce=on", {}, UNAVAILABLE, id="added in words"),
        pytest.param("", f"{ENFORCE} module.sig_enforce=0", {}, UNAVAILABLE, id="kept"),
        pytest.param("", "module.sig_enforce=0", {}, ON_DEMAND, id="added in vain"),
        pytest.param("", LOCK, {}, UNAVAILABLE, id="lockdown added"),
        pytest.param("", f"{LOCK} lockdown=none", {}, UNAVAILABLE, id="lockdown kept"),
        pytest.param("", "lockdown=off", {}, ON_DEMAND, id="lockdown misspelt"),
        pytest.param("", "lockdown", {}, ON_DEMAND, id="lockdown of no level"),
        pytest.param(ENFORCE, "", BIOS, ON_DEMAND, id="removed"),
        pytest.param(
            ENFORCE, "module.sig_enforce=0", BIOS, ON_DEMAND, id="changed to off"
        ),
        pytest.param(ENFORCE, LOCK, BIOS, UNAVAILABLE, id="changed to lockdown"),
        pytest.param(LOCK, "", {**LOCKED, **BIOS}, ON_DEMAND, id="lockdown removed"),
        pytest.param(
            LOCK,
            "",
            {**LOCKED, SECURE_BOOT: b"\6\0\0\0\0"},
            ON_DEMAND,
            id="removed, Secure Boot off",
        ),
        pytest.param(
            LOCK,
            "",
            {**LOCKED, SECURE_BOOT: b"\6\0\0\0\1"},
            UNKNOWN,
            id="removed, Secure Boot on",
        ),
        pytest.param(
            LOCK,
            "",
            {**LOCKED, f"{VARIABLES}/Boot0000-1": "x"},
            ON_DEMAND,
            id="removed, no Secure Boot in the firmware",
        ),
        pytest.param(
            LOCK,
            "",
            {**LOCKED, "/sys/firmware/efi/efivars/": None},
            UNKNOWN,
            id="removed, variables of the firmware not shown",
        ),
        pytest.param(
            LOCK,
            "",
            {**LOCKED, SECURE_BOOT: Pipe()},
            UNKNOWN,
            id="removed, Secure Boot unreadable",
        ),
        pytest.param(
            LOCK,
            "",
            {**LOCKED, "/sys/firmware/": None},
            UNKNOWN,
            id="removed, firmware not shown",
        ),
        pytest.param(
            ENFORCE,
            "",
            {"/sys/firmware/ipl/secure": "1\n"},
            UNKNOWN,
            id="removed, secure on IBM Z",
        ),
        pytest.param(
            ENFORCE,
            "",
            {"/sys/firmware/ipl/secure": "0\n"},
            ON_DEMAND,
            id="removed, not secure on IBM Z",
        ),
        pytest.param(
            ENFORCE,
            "",
            {"/sys/firmware/devicetree/base/ibm,secure-boot": b"\0\0\0\2"},
            UNKNOWN,
            id="removed, secure on POWER",
        ),
        pytest.param(
            ENFORCE,
            "",
            {"/sys/firmware/ipl/secure": Pipe()},
            UNKNOWN,
            id="removed, unreadable on IBM Z",
        ),
        pytest.param(
            ENFORCE,
            "",
            {**BIOS, CONFIG: f"{BUILD}CONFIG_MODULE_SIG_FORCE=y\n"},
            UNAVAILABLE,
            id="removed, but built in",
        ),
        pytest.param(
            LOCK,
            "",
            {
                **LOCKED,
                **BIOS,
                CONFIG: f"{BUILD}CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n",
            },
            UNAVAILABLE,
            id="removed, but the lockdown is built in",
        ),
        pytest.param(
            "",
            "quiet splash",
            {**LOCKED, **BIOS},
            UNAVAILABLE,
            id="locked by no argument",
        ),
    ],
)
def test_signatures_that_the_next_boot_demands(
    make_node: MakeNode, now: str, later: str, files: Files, boot_state: State
) -> None:
    """What demands them now counts for the next boot if it is there or lasts."""
    demanded: Files = {ENFORCED: "Y\n"} if now else {}
    node = make_node(
        module_tree(signed=False),
        demanded,
        {CMDLINE: f"ro {now}\n"},
        _entry(RELEASE, f"ro {later}"),
        files,
    )
    report = node.report()

    assert report.verdict.boot_state == boot_state
    if report.verdict.state == State.ON_DEMAND and boot_state == UNAVAILABLE:
        assert report.verdict.reason == Reason.SIGNATURE_REQUIRED


@pytest.mark.parametrize(
    ("files", "boot_state"),
    [
        pytest.param({}, UNKNOWN, id="the files do not say"),
        pytest.param(
            {CONFIG: f"{BUILD}# CONFIG_SECURITY_LOCKDOWN_LSM is not set\n"},
            ON_DEMAND,
            id="a kernel that cannot be locked",
        ),
        pytest.param({CMDLINE: "ro\n"}, UNAVAILABLE, id="demanded by no argument"),
    ],
)
def test_signatures_by_files_alone(
    make_node: MakeNode, files: Files, boot_state: State
) -> None:
    """On a disk nobody sees Secure Boot; a switch that is on without one lasts."""
    node = make_node(
        module_tree(signed=False),
        {ENFORCED: "Y\n", CMDLINE: f"{ENFORCE}\n"},
        _entry(RELEASE, "ro quiet splash"),
        files,
    )

    assert node.report(offline=True).verdict.boot_state == boot_state


OTHER_CONFIG = f"/boot/config-{OTHER_RELEASE}"


@pytest.mark.parametrize(
    ("config", "boot_state", "reason"),
    [
        pytest.param(BUILD, ON_DEMAND, Reason.AS_EXPECTED, id="the same"),
        pytest.param(
            "CONFIG_MODULES=y\nCONFIG_IP_SCTP=y\n",
            READY,
            Reason.AS_EXPECTED,
            id="built in",
        ),
        pytest.param(
            f"{BUILD}CONFIG_STATIC_USERMODEHELPER=y\n",
            UNKNOWN,
            Reason.HELPER_OPAQUE,
            id="a fixed helper",
        ),
        pytest.param(
            f'{BUILD}CONFIG_MODPROBE_PATH=""\n',
            UNAVAILABLE,
            Reason.MODPROBE_HELPER,
            id="no helper",
        ),
    ],
)
def test_build_options_of_the_next_kernel(
    make_node: MakeNode, config: str, boot_state: State, reason: Reason
) -> None:
    """Another kernel is judged by what it was built with, not by the running one."""
    node = make_node(OTHER, _entry(OTHER_RELEASE), {OTHER_CONFIG: config})
    verdict = node.report().verdict

    assert (verdict.boot_state, verdict.reason) == (boot_state, reason)


NO_HELPER = 'CONFIG_MODULES=y\nCONFIG_MODPROBE_PATH="/bin/false"\n'
UNSIGNED = module_tree(OTHER_RELEASE, signed=False)


@pytest.mark.parametrize(
    ("files", "boot_state"),
    [
        pytest.param({}, UNKNOWN, id="by the first socket"),
        pytest.param({BOOT: "sctp\n"}, READY, id="declared, which needs no helper"),
        pytest.param(
            {BOOT: "sctp\n", **UNSIGNED}, UNKNOWN, id="declared, without a signature"
        ),
        pytest.param(
            {"/etc/sysctl.d/a.conf": "kernel.modprobe=/sbin/modprobe\n"},
            UNKNOWN,
            id="a setting, which a fixed helper does not heed",
        ),
        pytest.param(
            {"/etc/modprobe.d/a.conf": "blacklist sctp\n"}, UNKNOWN, id="denied"
        ),
        pytest.param(
            module_tree(OTHER_RELEASE, builtin=("sctp",)), READY, id="built in"
        ),
        pytest.param(WITHOUT, UNKNOWN, id="no module, so it may be built in"),
    ],
)
def test_build_options_that_cannot_be_read(
    make_node: MakeNode, files: Files, boot_state: State
) -> None:
    """Another kernel may be built to call another helper than the running one."""
    node = make_node(OTHER, _entry(OTHER_RELEASE), {OTHER_CONFIG: Pipe()}, files)

    assert node.report().verdict.boot_state == boot_state


def test_build_options_that_cannot_be_read_are_named(make_node: MakeNode) -> None:
    """The verdict says what was missing."""
    node = make_node(OTHER, _entry(OTHER_RELEASE), {OTHER_CONFIG: Pipe()})
    verdict = node.report().verdict

    assert verdict.reason == Reason.FACT_UNREADABLE
    assert f"could not read {OTHER_CONFIG}: " in verdict.message


@pytest.mark.parametrize(
    ("config", "boot_state"),
    [
        pytest.param(Pipe(), UNKNOWN, id="unreadable"),
        pytest.param(NO_HELPER, UNAVAILABLE, id="read"),
        pytest.param(None, ON_DEMAND, id="there is none"),
    ],
)
def test_build_options_with_other_arguments(
    make_node: MakeNode, config: Content, boot_state: State
) -> None:
    """The same kernel with other arguments is judged by its options again."""
    now = {HELPER: "/bin/false\n"} if config == NO_HELPER else {}
    node = make_node(_entry(RELEASE, "ro audit=1"), {CONFIG: config}, now)

    assert node.report().verdict.boot_state == boot_state


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        pytest.param(
            "# CONFIG_MODULES is not set\n", Reason.NO_MODULE_SUPPORT, id="no modules"
        ),
        pytest.param(
            "CONFIG_MODULES=y\n# CONFIG_IP_SCTP is not set\n",
            Reason.NOT_IN_KERNEL,
            id="no SCTP",
        ),
    ],
)
def test_next_kernel_that_was_built_without(
    make_node: MakeNode, config: str, reason: Reason
) -> None:
    """Why another kernel has no module is said by its own configuration."""
    node = make_node(WITHOUT, _entry(OTHER_RELEASE), {OTHER_CONFIG: config})

    assert node.report().verdict.reason == reason


def test_declared_by_the_next_arguments(make_node: MakeNode) -> None:
    """modules_load= of the next boot loads the module, and is named."""
    node = make_node(_entry(RELEASE, "modules_load=sctp"))
    finding = node.finding("modules_load")

    assert finding.status == Status.PASS
    assert finding.evidence == (Origin(f"{ENTRIES}/x.conf", None, "modules_load=sctp"),)


@pytest.mark.parametrize(
    ("files", "boot_state"),
    [
        pytest.param({}, State.ON_DEMAND, id="as it comes"),
        pytest.param(
            {f"{DEPLOYMENT}/etc/modules-load.d/a.conf": "sctp\n"},
            State.READY,
            id="declared there",
        ),
        pytest.param(
            {f"{DEPLOYMENT}/usr/lib/modprobe.d/a.conf": "blacklist sctp\n"},
            State.UNAVAILABLE,
            id="denied there",
        ),
        pytest.param(
            {
                BOOT: "sctp\n",
                f"{DEPLOYMENT}{BOOT}": "sctp\n",
                f"{DEPLOYMENT}/etc/systemd/system/systemd-modules-load.service": Link(
                    "/dev/null"
                ),
            },
            State.ON_DEMAND,
            id="its unit masked there",
        ),
        pytest.param(
            {
                f"{DEPLOYMENT}{BOOT}": "sctp\n",
                "/etc/systemd/system/systemd-modules-load.service": Link("/dev/null"),
            },
            State.READY,
            id="its unit masked here only",
        ),
        pytest.param(
            {
                f"{DEPLOYMENT}/usr/bin/kmod": "",
                f"{DEPLOYMENT}/sbin": Link("usr/sbin"),
            },
            State.UNAVAILABLE,
            id="no modprobe there",
        ),
        pytest.param(
            {
                f"{DEPLOYMENT}{LIBKMOD}": Link("libkmod.so.2.3.3"),
                f"{DEPLOYMENT}/usr/local/lib/modprobe.d/a.conf": "blacklist sctp\n",
            },
            State.ON_DEMAND,
            id="a folder that its kmod does not read",
        ),
        pytest.param(
            {f"{DEPLOYMENT}/etc/selinux/config": "SELINUX=enforcing\n"},
            State.UNKNOWN,
            id="SELinux enforces there, nobody knows what",
        ),
        pytest.param(
            {
                "/etc/selinux/config": "SELINUX=enforcing\n",
                f"{DEPLOYMENT}/etc/selinux/config": "SELINUX=permissive\n",
            },
            State.ON_DEMAND,
            id="SELinux permits there",
        ),
        pytest.param(
            {
                f"{OTHER_TREE}/kernel/sctp.ko": elf(signed=False),
                f"{OTHER_TREE}/config": "CONFIG_MODULE_SIG_FORCE=y\n",
            },
            State.UNAVAILABLE,
            id="its kernel is built to ask for a signature",
        ),
    ],
)
def test_another_deployment(
    make_node: MakeNode, files: Files, boot_state: State
) -> None:
    """A deployment of ostree that boots next is judged by its own files."""
    node = make_node(_deployment(OTHER_RELEASE), files)

    assert node.report().verdict.boot_state == boot_state


@pytest.mark.parametrize(
    ("files", "state", "boot_state"),
    [
        pytest.param({}, State.ON_DEMAND, State.ON_DEMAND, id="both have sctp"),
        pytest.param(
            {f"{MODULES}/kernel/sctp.ko": None},
            State.UNAVAILABLE,
            State.ON_DEMAND,
            id="only that one has sctp",
        ),
        pytest.param(
            {f"{DEPLOYMENT}/usr{MODULES}/kernel/sctp.ko": None},
            State.ON_DEMAND,
            State.UNAVAILABLE,
            id="only the running one has sctp",
        ),
        pytest.param(
            {
                f"{DEPLOYMENT}/usr{MODULES}/kernel/sctp.ko": elf(signed=False),
                f"{DEPLOYMENT}/usr{MODULES}/config": "CONFIG_MODULE_SIG_FORCE=y\n",
            },
            State.ON_DEMAND,
            State.UNAVAILABLE,
            id="that one was built anew",
        ),
    ],
)
def test_another_deployment_of_the_same_release(
    make_node: MakeNode, files: Files, state: State, boot_state: State
) -> None:
    """The name of a kernel does not make its modules those of another deployment."""
    verdict = make_node(_deployment(RELEASE), files).report().verdict

    assert (verdict.state, verdict.boot_state) == (state, boot_state)


def _deployment(release: str) -> Files:
    """Return one that boots next, with a kernel of its own and a system around it."""
    tree = {
        f"{DEPLOYMENT}/usr{path}": content
        for path, content in module_tree(release).items()
    }
    libkmod = f"{DEPLOYMENT}{LIBKMOD}"
    return {
        f"{DEPLOYMENT}/lib": Link("usr/lib"),
        "/ostree/boot.1": Link(DEPLOYMENT),
        f"{DEPLOYMENT}/etc/hostname": "worker-0\n",
        f"{DEPLOYMENT}/usr/lib/os-release": "ID=fedora\n",
        libkmod: Link("libkmod.so.2.4.0"),
        **tree,
        **_entry(release, "ostree=/ostree/boot.1"),
    }


def test_deployment_that_is_gone(make_node: MakeNode) -> None:
    """Of a deployment that cannot be found nothing is known."""
    node = make_node(_entry(RELEASE, "ostree=/ostree/none"))
    finding = node.finding("next_kernel")

    assert finding.status == Status.UNKNOWN
    assert "/ostree/none was not found" in finding.message
    assert node.report().verdict.boot_state == State.UNKNOWN


@pytest.mark.parametrize(
    "loader",
    [
        pytest.param({GRUB: Pipe()}, id="GRUB's menu is no file"),
        pytest.param({GRUB: Link("grub.cfg")}, id="GRUB's menu is a circle of links"),
        pytest.param({GRUB: BLS, ENTRIES: Link("entries")}, id="entries are a circle"),
        pytest.param({"/boot/loader": Link("loader")}, id="systemd-boot is a circle"),
        pytest.param({"/boot/extlinux/extlinux.conf": Pipe()}, id="extlinux"),
        pytest.param({"/boot/cmdline.txt": Pipe()}, id="Raspberry Pi"),
        pytest.param({"/etc/zipl.conf": Pipe()}, id="zipl"),
        pytest.param({GRUB: "set default=0\n"}, id="GRUB's menu is empty"),
    ],
)
@pytest.mark.parametrize(
    ("files", "state"),
    [
        pytest.param({BOOT: "sctp\n"}, State.ON_DEMAND, id="declared"),
        pytest.param(loaded(), State.READY, id="loaded"),
        pytest.param(BUILTIN, State.READY, id="built in"),
        pytest.param(
            {"/etc/modprobe.d/a.conf": "blacklist sctp\n"},
            State.UNAVAILABLE,
            id="denied",
        ),
        pytest.param(
            {f"{MODULES}/kernel/sctp.ko": None}, State.UNAVAILABLE, id="no module"
        ),
    ],
)
def test_boot_loader_that_was_not_read(
    make_node: MakeNode, files: Files, state: State, loader: Files
) -> None:
    """It may start any kernel with any arguments, so no state after it is certain."""
    report = make_node(files, loader).report()

    assert (report.verdict.state, report.verdict.boot_state) == (state, State.UNKNOWN)


BARE = "menuentry x {\n linux /vmlinuz ro\n}\n"
IMAGES = {  # by boot.rst: where the release stands
    release: bytes(0x202) + b"HdrS" + bytes(8) + b"\x10\0" + f"{release} #1\0".encode()
    for release in (RELEASE, OTHER_RELEASE)
}


@pytest.mark.parametrize(
    ("files", "boot_state"),
    [
        pytest.param({GRUB: BARE}, State.ON_DEMAND, id="one kernel is installed"),
        pytest.param(
            {GRUB: BARE, **OTHER, **IMAGE}, State.ON_DEMAND, id="all have sctp"
        ),
        pytest.param(
            {GRUB: BARE, **WITHOUT},
            State.ON_DEMAND,
            id="a leftover folder is no kernel",
        ),
        pytest.param(
            {GRUB: BARE, **WITHOUT, **IMAGE}, State.UNKNOWN, id="one has none"
        ),
        pytest.param(
            {GRUB: BARE, **WITHOUT, **IMAGE, "/boot/vmlinuz": IMAGES[RELEASE]},
            State.ON_DEMAND,
            id="the image says that it is the running one",
        ),
        pytest.param(
            {GRUB: BARE, **WITHOUT, **IMAGE, "/boot/vmlinuz": IMAGES[OTHER_RELEASE]},
            State.UNAVAILABLE,
            id="the image says that it is the other one",
        ),
        pytest.param(
            {
                GRUB: BARE.replace("/vmlinuz", "($root)/vmlinuz"),
                **WITHOUT,
                **IMAGE,
                "/boot/vmlinuz": Link(f"vmlinuz-{OTHER_RELEASE}"),
            },
            State.UNAVAILABLE,
            id="a link says that it is the other one",
        ),
        pytest.param(
            {
                GRUB: f"load_env -f /a.cfg\n{BARE}".replace("/vmlinuz", "/$linux"),
                **WITHOUT,
                **IMAGE,
                "/boot/a.cfg": f"# GRUB\nlinux=vmlinuz-{OTHER_RELEASE}\n",
            },
            State.UNAVAILABLE,
            id="a file of variables says that it is the other one",
        ),
        pytest.param(
            {
                GRUB: f"load_env -f /a.cfg\n{BARE}".replace("/vmlinuz", "/$linux"),
                "/boot/a.cfg": Pipe(),
            },
            State.UNKNOWN,
            id="a file of variables cannot be read",
        ),
        pytest.param({**WITHOUT, **IMAGE}, State.UNKNOWN, id="no loader was found"),
        pytest.param(
            {**OTHER, **IMAGE}, State.ON_DEMAND, id="no loader, no difference"
        ),
        pytest.param(
            {
                f"{ENTRIES}/x.conf": "linux /EFI/os/vmlinuz.efi\noptions ro\n",
                **WITHOUT,
                **IMAGE,
                "/boot/efi/EFI/os/vmlinuz.efi": IMAGES[OTHER_RELEASE],
            },
            State.UNAVAILABLE,
            id="systemd-boot starts the other one by an image",
        ),
    ],
)
def test_kernel_without_a_release_in_its_name(
    make_node: MakeNode, files: Files, boot_state: State
) -> None:
    """Its image or a link says which it is, or it makes no difference, or unknown."""
    assert make_node(files).report().verdict.boot_state == boot_state


def test_kernel_that_has_sctp_beside_one_without(make_node: MakeNode) -> None:
    """Where the running kernel has none, one that has it may boot next."""
    here = module_tree(without=("sctp", "sctp_diag"))
    node = make_node({f"{MODULES}/kernel/sctp.ko": None}, here, OTHER, IMAGE)
    verdict = node.report(Expectation.FORBIDDEN).verdict

    assert (verdict.state, verdict.compliant) == (State.UNAVAILABLE, "unknown")


def test_where_sctp_is_forbidden(make_node: MakeNode) -> None:
    """A kernel without sctp is as intended there."""
    node = make_node(_entry(OTHER_RELEASE), WITHOUT)

    assert node.finding("next_kernel", Expectation.FORBIDDEN).status == Status.PASS


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            _entry(RELEASE), f"the running kernel, {RELEASE}, boots next", id="the same"
        ),
        pytest.param(
            {**_entry(OTHER_RELEASE), **OTHER},
            f"another kernel, {OTHER_RELEASE}, boots next",
            id="another one",
        ),
    ],
)
def test_kernel_is_named(make_node: MakeNode, files: Files, message: str) -> None:
    """Whether a reboot changes the kernel is the first thing to know."""
    assert make_node(files).finding("next_kernel").message == message


@pytest.mark.parametrize(
    ("choice", "evidence", "message"),
    [
        pytest.param(
            NextKernel(unclear="two defaults", origin=Origin(GRUB, 1, "default=x")),
            Origin(GRUB),
            "two defaults",
            id="a file that is not clear",
        ),
        pytest.param(
            NextKernel(unclear="a loader of no known kind"),
            Origin("/boot"),
            "a loader of no known kind",
            id="no file of it",
        ),
        pytest.param(
            NextKernel(gaps=(Gap(GRUB, "Input/output error"),)),
            Origin(GRUB),
            f"could not read {GRUB}: Input/output error; "
            "so the state after a reboot is not known",
            id="a file that cannot be read",
        ),
    ],
)
def test_what_hides_the_choice_is_named(
    choice: NextKernel, evidence: Origin, message: str
) -> None:
    """It is where a person has to look."""
    node = Assessment(NodeFacts(next=choice))
    finding = evaluate(CheckContext(node, Expectation.REQUIRED, look(node)))

    assert (finding.status, finding.message) == (Status.UNKNOWN, message)
    assert finding.evidence == (evidence,)
