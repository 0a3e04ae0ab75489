"""The kernel that boots next: the boot loader's word for it, and what it means."""

import pytest

from agent.findings import Expectation, Origin, Reason, State, Status
from tests.nodes import (
    BOOT,
    CMDLINE,
    OTHER_RELEASE,
    RELEASE,
    Files,
    Link,
    MakeNode,
    Pipe,
    module_tree,
)

GRUB, ENTRIES = "/boot/grub2/grub.cfg", "/boot/loader/entries"
BLS = "set default=0\nblscfg\n"
OTHER = module_tree(OTHER_RELEASE)
WITHOUT = module_tree(OTHER_RELEASE, without=("sctp", "sctp_diag"))
IMAGE: Files = {f"/boot/vmlinuz-{OTHER_RELEASE}": "image"}
LIBKMOD = "/usr/lib/x86_64-linux-gnu/libkmod.so.2"
DEPLOYMENT = "/ostree/deploy/os/deploy/1.0"


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
            State.READY,
            id="unreadable",
        ),
        pytest.param(
            {**_entry(RELEASE), f"{ENTRIES}/y.conf": Pipe()},
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(f"{ENTRIES}/y.conf"),),
            State.READY,
            id="an unreadable entry",
        ),
        pytest.param(
            {GRUB: BLS, ENTRIES: Link("entries")},
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(ENTRIES),),
            State.READY,
            id="a link to itself in place of the entries",
        ),
        pytest.param(
            {GRUB: BLS, ENTRIES: Pipe()},
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            State.READY,
            id="a pipe in place of the entries",
        ),
        pytest.param(
            {GRUB: "set default=0\n"},
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            State.READY,
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


@pytest.mark.parametrize(
    "options", ["module.sig_enforce", "module.sig_enforce=1", "lockdown=integrity"]
)
def test_enforcement_of_the_next_boot(make_node: MakeNode, options: str) -> None:
    """Signatures that only the next boot demands decide over it."""
    unsigned = module_tree(signed=False)
    node = make_node(unsigned, _entry(RELEASE, options))
    verdict = node.report().verdict

    assert verdict.state == State.ON_DEMAND
    assert verdict.reason == Reason.SIGNATURE_REQUIRED


def test_declared_by_the_next_arguments(make_node: MakeNode) -> None:
    """modules_load= of the next boot loads the module, and is named."""
    node = make_node(_entry(RELEASE, "modules_load=sctp"))
    finding = node.finding("modules_load")

    assert finding.status == Status.PASS
    assert finding.evidence == (Origin(f"{ENTRIES}/x.conf", None, "modules_load=sctp"),)


def test_denial_that_the_next_boot_does_not_have(make_node: MakeNode) -> None:
    """What denies sctp now may be gone after the reboot that was asked for."""
    now: Files = {CMDLINE: "ro module_blacklist=sctp\n"}
    verdict = make_node({BOOT: "sctp\n"}, now, _entry(RELEASE)).report().verdict

    assert (verdict.state, verdict.boot_state) == (State.UNAVAILABLE, State.READY)


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
    ],
)
def test_another_deployment(
    make_node: MakeNode, files: Files, boot_state: State
) -> None:
    """A deployment of ostree that boots next is judged by its own files."""
    tree = {
        f"{DEPLOYMENT}/usr{path}": content
        for path, content in module_tree(OTHER_RELEASE).items()
    }
    node = make_node(
        {f"{DEPLOYMENT}/lib": Link("usr/lib"), "/ostree/boot.1": Link(DEPLOYMENT)},
        {f"{DEPLOYMENT}/etc/hostname": "worker-0\n"},
        tree,
        {
            f"{DEPLOYMENT}/usr/lib/x86_64-linux-gnu/libkmod.so.2": Link(
                "libkmod.so.2.4.0"
            )
        },
        _entry(OTHER_RELEASE, "ostree=/ostree/boot.1"),
        files,
    )

    assert node.report().verdict.boot_state == boot_state


def test_deployment_that_is_gone(make_node: MakeNode) -> None:
    """A deployment that cannot be found leaves the running system as the base."""
    node = make_node(_entry(RELEASE, "ostree=/ostree/none"))
    finding = node.finding("next_kernel")

    assert finding.status == Status.SKIP
    assert "/ostree/none was not found" in finding.message


def test_where_sctp_is_forbidden(make_node: MakeNode) -> None:
    """A kernel without sctp is as intended there."""
    node = make_node(_entry(OTHER_RELEASE), WITHOUT)

    assert node.finding("next_kernel", Expectation.FORBIDDEN).status == Status.PASS
