"""What the simulation is asked, where two things stand in the way at once."""

import pytest

from agent.findings import Expectation, Reason, State
from tests.nodes import (
    ETC,
    HELPER,
    MODULES,
    SCTP_KO,
    Files,
    MakeNode,
    module_tree,
)

OPAQUE: Files = {
    "/usr/bin/opaque": "#!/bin/sh\n",
    HELPER: "/usr/bin/opaque\n",
    "/etc/sysctl.d/x.conf": "kernel.modprobe = /usr/bin/opaque\n",
}
WITHOUT: Files = {**module_tree(without=("sctp", "sctp_diag")), SCTP_KO: None}


@pytest.mark.parametrize(
    ("files", "state", "reason"),
    [
        pytest.param({}, State.UNKNOWN, Reason.HELPER_OPAQUE, id="nothing else"),
        pytest.param(
            {f"{ETC}/x.conf": "blacklist sctp\n"},
            State.UNKNOWN,
            Reason.HELPER_OPAQUE,
            id="a line that another program need not heed",
        ),
        pytest.param(
            WITHOUT, State.UNAVAILABLE, Reason.MODULE_MISSING, id="no module to load"
        ),
        pytest.param(
            {f"{MODULES}/kernel/sctp.ko": "cut off"},
            State.UNAVAILABLE,
            Reason.MODULE_DAMAGED,
            id="a module that no program loads",
        ),
    ],
)
def test_helper_that_only_running_would_tell(
    make_node: MakeNode, files: Files, state: State, reason: Reason
) -> None:
    """It may do anything but load what the kernel cannot take."""
    verdict = make_node(OPAQUE, files).report().verdict

    assert (verdict.state, verdict.reason) == (state, reason)


def test_what_would_load_it_without_configuration_loads_nothing(
    make_node: MakeNode,
) -> None:
    """Asking what else is in the way leaves the next question as it was."""
    node = make_node({f"{ETC}/x.conf": "blacklist sctp\n"})
    verdict = node.report(Expectation.FORBIDDEN).verdict

    assert (verdict.compliant, verdict.reason) == ("true", Reason.AS_EXPECTED)


def test_file_that_is_gone_of_a_module_that_is_there(make_node: MakeNode) -> None:
    """What is loaded already needs no file; only what else is in the way is told."""
    node = make_node(
        {
            "/proc/modules": "libcrc32c 16384 0 - Live 0x0\n",
            f"{MODULES}/kernel/libcrc32c.ko": None,
            f"{ETC}/x.conf": "blacklist sctp\n",
        }
    )
    verdict = node.report().verdict

    assert (verdict.state, verdict.reason) == (State.UNAVAILABLE, Reason.BLACKLISTED)
