"""Kernel arguments that deny sctp, named as they were written."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, CMDLINE, CONFIG, RELEASE, Files, MakeNode, Pipe, loaded

REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="none",
        ),
        pytest.param(
            {CMDLINE: "ro module_blacklist=dccp,sctp\n"},
            REQUIRED,
            Status.FAIL,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "module_blacklist=dccp,sctp"),),
            id="denied by the kernel",
        ),
        pytest.param(
            {CMDLINE: "module_blacklist=sctp module_blacklist=dccp\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="only the last one counts",
        ),
        pytest.param(
            {CMDLINE: "ro -- module_blacklist=sctp\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="after the end of the kernel's arguments",
        ),
        pytest.param(
            {CMDLINE: "ro modprobe.blacklist=sctp\n"},
            REQUIRED,
            Status.FAIL,
            Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "modprobe.blacklist=sctp"),),
            id="denied by kmod",
        ),
        pytest.param(
            {CMDLINE: "modprobe.blacklist=sctp module_blacklist=sctp\n"},
            REQUIRED,
            Status.FAIL,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "module_blacklist=sctp"),),
            id="denied by both",
        ),
        pytest.param(
            {CMDLINE: "module_blacklist=udp_tunnel\n"},
            REQUIRED,
            Status.FAIL,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "module_blacklist=udp_tunnel"),),
            id="a module that sctp needs is denied",
        ),
        pytest.param(
            {"/etc/modprobe.d/x.conf": "blacklist sctp\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="denied by a file, which is no argument",
        ),
        pytest.param(
            {
                "/boot/grub2/grub.cfg": "set default=0\nblscfg\n",
                "/boot/loader/entries/x.conf": f"linux /vmlinuz-{RELEASE}\n"
                "options modprobe.blacklist=sctp\n",
            },
            REQUIRED,
            Status.FAIL,
            Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
            (Origin("/boot/loader/entries/x.conf", None, "modprobe.blacklist=sctp"),),
            id="denied by kmod at the next boot",
        ),
        pytest.param(
            {**loaded(), CMDLINE: "module_blacklist=sctp\n"},
            REQUIRED,
            Status.FAIL,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "module_blacklist=sctp"),),
            id="denied after the reboot only",
        ),
        pytest.param(
            {CMDLINE: "module_blacklist=sctp\n"},
            FORBIDDEN,
            Status.PASS,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "module_blacklist=sctp"),),
            id="denied as intended",
        ),
        pytest.param(
            {CMDLINE: "module_blacklist=sctp\n"},
            OBSERVE,
            Status.WARN,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "module_blacklist=sctp"),),
            id="denied and observed",
        ),
        pytest.param(
            {CMDLINE: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(CMDLINE),),
            id="unreadable",
        ),
        pytest.param(
            {**BUILTIN, CMDLINE: "module_blacklist=sctp\n"},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="built in",
        ),
        pytest.param(
            {CONFIG: "CONFIG_KALLSYMS=y\n", CMDLINE: "initcall_blacklist=sctp_init\n"},
            REQUIRED,
            Status.FAIL,
            Reason.DENIED_BY_KERNEL_ARGUMENT,
            (Origin(CMDLINE, None, "initcall_blacklist=sctp_init"),),
            id="kept from starting",
        ),
        pytest.param(
            {CMDLINE: "initcall_blacklist=sctp_init\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(CMDLINE, None, "initcall_blacklist=sctp_init"),),
            id="perhaps kept from starting",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    *,
    files: Files,
    expectation: Expectation,
    status: Status,
    reason: Reason,
    evidence: tuple[Origin, ...],
) -> None:
    """Status, reason and evidence."""
    finding = make_node(files).finding("kernel_arguments", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


def test_files_without_arguments(make_node: MakeNode) -> None:
    """A mounted disk has no command line: the question does not arise."""
    finding = make_node({CMDLINE: None}).finding("kernel_arguments", offline=True)

    assert (finding.status, finding.reason) == (Status.SKIP, Reason.NOT_APPLICABLE)
