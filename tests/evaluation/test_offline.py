"""Copies of a node: what they leave out makes the answer unknown, never wrong."""

import gzip
from pathlib import Path

import pytest

from agent.findings import (
    CheckResult,
    Expectation,
    ModuleState,
    Reason,
    Report,
    State,
    Status,
)
from tests.nodes import (
    BOOT,
    CMDLINE,
    CONFIG,
    DISABLED,
    ENFORCED,
    ETC,
    HELPER,
    RELEASE,
    Files,
    MakeNode,
    Node,
    Pipe,
    loaded,
    module_tree,
)
from tests.selinux.test_policy import record
from tests.selinuxfs import LXC_CONTEXTS, contexts

READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
OSRELEASE = "/proc/sys/kernel/osrelease"
SELINUX = "/etc/selinux/config"
TREE = f"/usr/lib/modules/{RELEASE}"
LISTED = "kernel/net/sctp/sctp.ko: kernel/lib/libcrc32c.ko\nkernel/lib/libcrc32c.ko:\n"
SYSCTL = "/sos_commands/kernel/sysctl_-a"
SOS: Files = {
    "/etc/hostname": "worker-0\n",
    "/etc/modules-load.d/sctp.conf": "sctp\n",
    "/installed-debs": "ii  kmod  30+20221128-1  amd64\nii  systemd  252.31  amd64\n",
    "/sos_commands/systemd/": None,
    "/sos_commands/kernel/uname_-a": f"Linux worker-0 {RELEASE} #1 SMP x86_64\n",
    SYSCTL: "kernel.modprobe = /sbin/modprobe\nnet.core.somaxconn = 4096\n",
    "/proc/modules": "xfs 1 1 - Live 0x0\n",
    CMDLINE: "ro quiet\n",
    f"{TREE}/modules.dep": LISTED,
}
WITHOUT_ENTRY: Files = {"/etc/modules-load.d/sctp.conf": None}
NOT_LISTED: Files = {f"{TREE}/modules.dep": "kernel/net/dccp/dccp.ko:\n"}


def _archive(root: Path, *layers: Files) -> Report:
    node = Node(root / "archive")
    for layer in (SOS, *layers):
        node.change(layer)
    return node.report(offline=True)


def _check(report: Report, name: str) -> CheckResult:
    return next(check for check in report.checks if check.name == name)


@pytest.mark.parametrize(
    ("files", "state", "boot_state"),
    [
        pytest.param({}, ON_DEMAND, READY, id="declared"),
        pytest.param(WITHOUT_ENTRY, ON_DEMAND, UNKNOWN, id="not declared in /etc"),
        pytest.param(
            {**WITHOUT_ENTRY, "/usr/lib/modules-load.d/x.conf": "dummy\n"},
            ON_DEMAND,
            UNKNOWN,
            id="one of two folders was copied",
        ),
        pytest.param(
            {
                **WITHOUT_ENTRY,
                "/usr/lib/modules-load.d/x.conf": "dummy\n",
                "/usr/local/lib/modules-load.d/": None,
            },
            ON_DEMAND,
            ON_DEMAND,
            id="all folders were copied",
        ),
        pytest.param(
            {f"{ETC}/x.conf": "blacklist sctp\n"}, UNAVAILABLE, UNKNOWN, id="denied"
        ),
        pytest.param(
            {CMDLINE: "module_blacklist=sctp\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="denied by an argument, which nothing undoes",
        ),
        pytest.param(
            {"/sos_commands/systemd/": None, "/etc/modules-load.d/sctp.conf": None},
            ON_DEMAND,
            UNKNOWN,
            id="entries that were not copied",
        ),
        pytest.param(
            {CMDLINE: "ro sysctl.kernel.modules_disabled=1\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="loading taken away before anything starts",
        ),
        pytest.param(
            {DISABLED: "1\n"},
            UNKNOWN,
            UNKNOWN,
            id="loading taken away by nobody knows whom, or when in a boot",
        ),
        pytest.param(
            {DISABLED: "1\n", "/etc/sysctl.d/a.conf": "kernel.modules_disabled=1\n"},
            ON_DEMAND,
            READY,
            id="loading taken away once it ran, by a setting",
        ),
        pytest.param(
            {DISABLED: Pipe()},
            UNKNOWN,
            UNKNOWN,
            id="whether loading was taken away could not be read",
        ),
        pytest.param(
            {**NOT_LISTED, SYSCTL: None},
            UNKNOWN,
            UNKNOWN,
            id="neither listed nor known",
        ),
        pytest.param(
            {**NOT_LISTED, SYSCTL: None, "/proc/sys/net/core/": None},
            UNAVAILABLE,
            UNAVAILABLE,
            id="neither listed nor in the kernel that ran",
        ),
        pytest.param(
            {**NOT_LISTED, SYSCTL: "net.sctp.rto_min = 1000\n"},
            READY,
            READY,
            id="in the kernel that ran and no module",
        ),
        pytest.param(
            {**NOT_LISTED, "/proc/net/sctp/": None, SYSCTL: None},
            READY,
            READY,
            id="likewise, by /proc",
        ),
        pytest.param(
            {**NOT_LISTED, CONFIG: "CONFIG_IP_SCTP=y\n"},
            READY,
            READY,
            id="built in by the configuration",
        ),
        pytest.param(
            {**NOT_LISTED, f"{TREE}/modules.builtin": "kernel/net/ipv4/x.ko\n"},
            UNAVAILABLE,
            UNAVAILABLE,
            id="not built in by the list",
        ),
        pytest.param(
            {f"{TREE}/modules.dep": None, f"{TREE}/modules.order": ""},
            UNKNOWN,
            UNKNOWN,
            id="without modules.dep",
        ),
        pytest.param(
            {"/boot/grub2/grub.cfg": "menuentry x {\n linux /vmlinuz-9.9.9 ro\n}\n"},
            ON_DEMAND,
            UNKNOWN,
            id="another kernel boots next",
        ),
        pytest.param({ENFORCED: "Y\n"}, UNKNOWN, UNKNOWN, id="signatures demanded"),
        pytest.param(
            {f"{ETC}/x.conf": "install libcrc32c /bin/true\n"},
            UNKNOWN,
            UNKNOWN,
            id="an install line that a softdep may make void",
        ),
        pytest.param(
            {
                f"{ETC}/x.conf": "install libcrc32c /bin/true\n",
                f"{TREE}/modules.softdep": "",
            },
            UNAVAILABLE,
            UNKNOWN,
            id="an install line that none makes void",
        ),
        pytest.param({HELPER: "/opt/load\n"}, UNKNOWN, READY, id="another helper"),
        pytest.param(
            {CMDLINE: "sysctl.kernel.modprobe=/bin/false\n"},
            UNAVAILABLE,
            READY,
            id="no helper from the start",
        ),
        pytest.param(
            {SELINUX: "SELINUX=enforcing\n"},
            ON_DEMAND,
            READY,
            id="SELinux enforces, and no container has to ask",
        ),
    ],
)
def test_sosreport(
    tmp_path: Path, files: Files, state: State, boot_state: State
) -> None:
    """What it holds decides; what it leaves out is unknown where it could decide."""
    verdict = _archive(tmp_path, files).verdict

    assert (verdict.state, verdict.boot_state) == (state, boot_state)


def test_listed_module_is_said_to_be_listed(tmp_path: Path) -> None:
    """Nobody takes a line of modules.dep for a module file that was looked at."""
    report = _archive(tmp_path, {"/proc/modules": loaded()["/proc/modules"]})
    present = _check(report, "module_present").finding

    assert report.module_state == ModuleState.LOADABLE
    assert (
        "its file, which the archive leaves out, is taken as whole" in present.message
    )
    assert "it was loaded when the files were taken" in present.message
    assert "listed" in _check(report, "module_dependencies").finding.message
    assert _check(report, "module_signature").finding.status == Status.SKIP
    assert report.facts["module"]["listed_only"] is True
    assert report.facts["module"]["was_loaded"] is True
    assert report.facts["kernel"]["source"] == "a sosreport"
    assert report.facts["system"]["kmod_version"] == 30
    assert report.facts["system"]["systemd_version"] == 252


def test_unknown_helper_is_named(tmp_path: Path) -> None:
    """The value that was there may not be what a boot begins with."""
    finding = _check(
        _archive(tmp_path, {HELPER: "/opt/x\n"}), "modprobe_helper"
    ).finding

    assert (finding.status, finding.reason) == (Status.UNKNOWN, Reason.FACT_UNREADABLE)
    assert "after a boot" in finding.message


def test_signature_that_may_be_demanded(make_node: MakeNode) -> None:
    """Secure Boot is not in files: an unsigned module may be refused."""
    sys: Files = {ENFORCED: None}
    node = make_node(module_tree(signed=False), sys)

    assert node.report(offline=True).verdict.state == UNKNOWN
    finding = node.finding("module_signature", offline=True)
    assert (finding.status, finding.reason) == (Status.UNKNOWN, Reason.FACT_UNREADABLE)


@pytest.mark.parametrize(
    ("files", "state"),
    [
        pytest.param(
            {CONFIG: "# CONFIG_MODULE_SIG is not set\n"}, ON_DEMAND, id="never"
        ),
        pytest.param({CMDLINE: "module.sig_enforce=1\n"}, UNAVAILABLE, id="enforced"),
        pytest.param({CMDLINE: "module.sig_enforce=0\n"}, UNKNOWN, id="not enforced"),
        pytest.param({CMDLINE: "lockdown=integrity\n"}, UNAVAILABLE, id="locked down"),
        pytest.param({CMDLINE: "lockdown=none\n"}, UNKNOWN, id="not locked down"),
        pytest.param(
            {"/sys/kernel/security/lockdown": "[none] integrity confidentiality\n"},
            ON_DEMAND,
            id="was not locked down",
        ),
        pytest.param(
            {CONFIG: "# CONFIG_SECURITY_LOCKDOWN_LSM is not set\n"},
            ON_DEMAND,
            id="cannot be locked down",
        ),
        pytest.param(
            {
                CONFIG: "# CONFIG_SECURITY_LOCKDOWN_LSM is not set\n",
                CMDLINE: None,
                ENFORCED: None,
            },
            UNKNOWN,
            id="arguments not known",
        ),
    ],
)
def test_unsigned_module(make_node: MakeNode, files: Files, state: State) -> None:
    """What a boot will demand, by configuration, arguments and what was captured."""
    node = make_node(module_tree(signed=False), files)

    assert node.report(offline=True).verdict.state == state


@pytest.mark.parametrize(
    ("files", "status"),
    [
        pytest.param({CMDLINE: "fips=1\n"}, Status.WARN, id="by an argument"),
        pytest.param({CMDLINE: "fips=0\n"}, Status.SKIP, id="not by an argument"),
        pytest.param({CMDLINE: None}, Status.SKIP, id="not known"),
        pytest.param(
            {"/proc/sys/crypto/fips_enabled": "1\n"}, Status.WARN, id="as captured"
        ),
    ],
)
def test_fips(make_node: MakeNode, files: Files, status: Status) -> None:
    """FIPS mode is what was captured, else what the arguments say."""
    algorithm: Files = {"/proc/sys/net/sctp/cookie_hmac_alg": "md5\n"}
    node = make_node(algorithm, files)

    assert node.finding("fips_cookie", offline=True).status == status


def test_kernel_that_ran_is_judged(make_node: MakeNode) -> None:
    """Before the newest one; a kernel that was asked for wins."""
    node = make_node(module_tree("9.9.9"), {OSRELEASE: f"{RELEASE}\n"})

    assert node.report(offline=True).kernel_release == RELEASE
    assert node.report(offline=True, release="9.9.9").kernel_release == "9.9.9"
    node.change({OSRELEASE: None})
    assert node.report(offline=True).kernel_release == "9.9.9"


def test_captured_configuration_is_that_of_the_kernel_that_ran(
    make_node: MakeNode,
) -> None:
    """/proc/config.gz says nothing of another kernel."""
    config = gzip.compress(b"CONFIG_IP_SCTP=y\n")
    node = make_node(
        {OSRELEASE: f"{RELEASE}\n", "/proc/config.gz": config, CONFIG: None}
    )

    assert node.report(offline=True).module_state == ModuleState.BUILTIN
    node.change({OSRELEASE: "9.9.9\n"})
    report = node.report(offline=True, release=RELEASE)
    assert report.module_state == ModuleState.LOADABLE


def test_disk_of_another_kernel_than_ran(make_node: MakeNode) -> None:
    """What /proc says of modules is not said of the kernel that is judged."""
    node = make_node({CONFIG: None, OSRELEASE: "9.9.9\n"}, loaded())
    report = node.report(offline=True, release=RELEASE)

    assert report.facts["module"]["was_loaded"] is False
    assert report.verdict.state == ON_DEMAND


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        pytest.param(
            {f"/usr{path}": content for path, content in module_tree().items()},
            "/etc/modprobe.d",
            id="without /etc",
        ),
        pytest.param({"/etc/hostname": "n\n"}, "/lib/modprobe.d", id="without /usr"),
    ],
)
def test_part_of_a_disk(tmp_path: Path, files: Files, missing: str) -> None:
    """A partition that was not mounted makes the answer unknown, and is named."""
    node = Node(tmp_path / "disk")
    node.change(files)
    report = node.report(offline=True)
    unread = _check(report, "node_readable").finding.evidence

    assert (report.verdict.state, report.verdict.boot_state) == (UNKNOWN, UNKNOWN)
    assert missing in {origin.path for origin in unread}


def test_forbidden_on_an_archive_without_the_folder(tmp_path: Path) -> None:
    """Whether a vendor's file loads sctp is not known, so it is not shut out."""
    files: Files = {f"{ETC}/x.conf": "blacklist sctp\ninstall sctp /bin/false\n"}
    node = Node(tmp_path / "archive")
    for layer in (SOS, WITHOUT_ENTRY, files):
        node.change(layer)
    verdict = node.report(Expectation.FORBIDDEN, offline=True).verdict

    assert (verdict.compliant, verdict.boot_state) == ("unknown", UNKNOWN)
    assert verdict.remedy.startswith("the files do not say")


ENFORCING: Files = {SELINUX: "SELINUX=enforcing\n"}
LABELLED: Files = {**ENFORCING, LXC_CONTEXTS: contexts("container_t")}
RHCOS: Files = {"/usr/lib/os-release": "ID=rhcos\n"}
SESTATUS = "/sos_commands/selinux/sestatus_-b"
LOCAL = "/var/lib/selinux/targeted/active/booleans.local"
POLICY = "/etc/selinux/targeted/policy/policy.33"
STORE = "/etc/selinux/targeted/active/modules"
UNIT = "domain_kernel_load_modules"
ALLOWED = (ON_DEMAND, Reason.AS_EXPECTED)
DENIED = (UNAVAILABLE, Reason.SELINUX_DENIES_LOAD)
OPEN = (UNKNOWN, Reason.SELINUX_DECIDES)


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        pytest.param({}, ALLOWED, id="no SELinux"),
        pytest.param(ENFORCING, OPEN, id="enforcing, and nothing says what it denies"),
        pytest.param(LABELLED, OPEN, id="with a label, and no boolean"),
        pytest.param({SELINUX: "SELINUX=permissive\n"}, ALLOWED, id="permissive"),
        pytest.param({SELINUX: "SELINUX=disabled\n"}, ALLOWED, id="disabled"),
        pytest.param(
            {SELINUX: "SELINUX=perhaps\n"},
            ALLOWED,
            id="a setting that is none",
        ),
        pytest.param(
            {SELINUX: Pipe()},
            (UNKNOWN, Reason.FACT_UNREADABLE),
            id="a configuration that cannot be read",
        ),
        pytest.param(
            {**ENFORCING, CMDLINE: "enforcing=0\n"}, ALLOWED, id="off by an argument"
        ),
        pytest.param(
            {SELINUX: "SELINUX=permissive\n", CMDLINE: "enforcing=1\n"},
            OPEN,
            id="on by an argument",
        ),
        pytest.param(
            {"/sys/fs/selinux/enforce": "1\n", SELINUX: "SELINUX=disabled\n"},
            ALLOWED,
            id="on when the files were taken, and disabled since",
        ),
        pytest.param({"/sys/fs/selinux/enforce": "1\n"}, OPEN, id="on, unconfigured"),
        pytest.param(
            {"/sys/fs/selinux/enforce": "0\n"}, ALLOWED, id="permissive, unconfigured"
        ),
        pytest.param(
            {**ENFORCING, "/sos_commands/": None, SESTATUS: f"{UNIT} on\n"},
            (UNKNOWN, Reason.FACT_UNREADABLE),
            id="on by sestatus, of an archive that lacks other things",
        ),
        pytest.param({**ENFORCING, LOCAL: f"{UNIT}=1\n"}, ALLOWED, id="boolean on"),
        pytest.param({**LABELLED, LOCAL: f"{UNIT}=0\n"}, DENIED, id="boolean off"),
        pytest.param(
            {**LABELLED, POLICY: record(UNIT, state=0)},
            DENIED,
            id="boolean off in the policy",
        ),
        pytest.param(
            {**LABELLED, POLICY: record(UNIT, state=1)},
            ALLOWED,
            id="boolean on in the policy",
        ),
        pytest.param(
            {**ENFORCING, LOCAL: f"{UNIT}=0\n"}, OPEN, id="boolean off, no label"
        ),
        pytest.param(
            {
                **ENFORCING,
                LXC_CONTEXTS: contexts("engine_t"),
                LOCAL: f"{UNIT}=0\n",
            },
            OPEN,
            id="boolean off, another label",
        ),
        pytest.param(
            {**LABELLED, LOCAL: f"{UNIT}=0\n", "/usr/bin/containerd": "x"},
            OPEN,
            id="boolean off, containerd that labels nothing",
        ),
        pytest.param(
            {**RHCOS, f"{STORE}/400/mine/cil": "(typepermissive container_t)"},
            OPEN,
            id="RHCOS with a policy module that loosens",
        ),
        pytest.param(
            {**RHCOS, f"{STORE}/400/mine/cil": Pipe()},
            OPEN,
            id="RHCOS with a policy module that cannot be read",
        ),
        pytest.param(
            {
                **RHCOS,
                f"{STORE}/400/mine/cil": "(allow a_t b_t (file (read)))",
                f"{STORE}/200/container/cil": "(system (module_request))",
            },
            DENIED,
            id="RHCOS with modules that do not",
        ),
        pytest.param(RHCOS, DENIED, id="RHCOS, of which nothing is known"),
        pytest.param({**RHCOS, **LABELLED}, DENIED, id="RHCOS"),
        pytest.param(
            {"/usr/lib/os-release": "ID=rhel\nVARIANT_ID=coreos\n"},
            DENIED,
            id="RHCOS by its later name",
        ),
        pytest.param(
            {**RHCOS, **ENFORCING, LOCAL: f"{UNIT}=0\n"}, DENIED, id="RHCOS, set off"
        ),
        pytest.param(
            {**RHCOS, **ENFORCING, LOCAL: f"{UNIT}=1\n"}, ALLOWED, id="RHCOS, set on"
        ),
        pytest.param(
            {**RHCOS, SELINUX: "SELINUX=permissive\n"}, ALLOWED, id="RHCOS, permissive"
        ),
    ],
)
def test_first_socket_of_a_container(
    make_node: MakeNode, files: Files, answer: tuple[State, Reason]
) -> None:
    """Where nothing loads sctp at boot, SELinux's files decide on paper."""
    verdict = make_node(files).report(offline=True).verdict

    assert (verdict.state, verdict.reason) == answer
    assert verdict.boot_state == verdict.state


def test_declared_and_confined(make_node: MakeNode) -> None:
    """No container runs before modules-load has, so that none has to ask."""
    files: Files = {**RHCOS, **LABELLED, BOOT: "sctp\n"}
    verdict = make_node(files).report(offline=True).verdict

    assert (verdict.state, verdict.boot_state) == (ON_DEMAND, READY)
    assert verdict.compliant == "true"
