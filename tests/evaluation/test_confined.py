"""The verdict where SELinux confines containers: what they get, and others may."""

import pytest

from agent.findings import Compliance, Expectation, Reason, State
from tests.nodes import BOOT, ETC, Files, MakeNode, loaded
from tests.selinuxfs import OPEN, ORDINARY, Play, Rules, enforcing, play

__all__ = ["play"]

READY, ON_DEMAND, UNAVAILABLE = State.READY, State.ON_DEMAND, State.UNAVAILABLE
DENIES = Reason.SELINUX_DENIES_LOAD
LOADABLE = Reason.LOADABLE_WHERE_FORBIDDEN
LOADED = Reason.LOADED_WHERE_FORBIDDEN
EXPECTED = Reason.AS_EXPECTED
TRUE, FALSE = Compliance.TRUE, Compliance.FALSE
BOOTED: Files = {**loaded(), BOOT: "sctp\n"}
BLACKLIST: Files = {f"{ETC}/x.conf": "blacklist sctp\n"}


@pytest.mark.parametrize(
    ("files", "rules", "states", "required", "forbidden"),
    [
        pytest.param(
            {},
            ORDINARY,
            (UNAVAILABLE, UNAVAILABLE),
            (FALSE, DENIES),
            (FALSE, LOADABLE),
            id="loadable",
        ),
        pytest.param(
            {BOOT: "sctp\n"},
            ORDINARY,
            (UNAVAILABLE, READY),
            (FALSE, DENIES),
            (FALSE, LOADABLE),
            id="declared",
        ),
        pytest.param(
            loaded(),
            ORDINARY,
            (READY, UNAVAILABLE),
            (FALSE, DENIES),
            (FALSE, LOADED),
            id="loaded",
        ),
        pytest.param(
            BOOTED,
            ORDINARY,
            (READY, READY),
            (TRUE, EXPECTED),
            (FALSE, LOADED),
            id="loaded and declared",
        ),
        pytest.param(
            {},
            OPEN,
            (ON_DEMAND, ON_DEMAND),
            (TRUE, EXPECTED),
            (FALSE, LOADABLE),
            id="loadable by all",
        ),
        pytest.param(
            BLACKLIST,
            ORDINARY,
            (UNAVAILABLE, UNAVAILABLE),
            (FALSE, Reason.BLACKLISTED),
            (TRUE, EXPECTED),
            id="denied to all",
        ),
        pytest.param(
            BOOTED,
            {},
            (UNAVAILABLE, UNAVAILABLE),
            (FALSE, Reason.SELINUX_DENIES_SOCKET),
            (FALSE, LOADED),
            id="loaded, and no socket for containers",
        ),
        pytest.param(
            BLACKLIST,
            {},
            (UNAVAILABLE, UNAVAILABLE),
            (FALSE, Reason.BLACKLISTED),
            (TRUE, EXPECTED),
            id="denied to all, and no socket for containers",
        ),
    ],
)
def test_verdict(
    make_node: MakeNode,
    play: Play,
    *,
    files: Files,
    rules: Rules,
    states: tuple[State, State],
    required: tuple[Compliance, Reason],
    forbidden: tuple[Compliance, Reason],
) -> None:
    """States are a container's; where SCTP is forbidden all processes count."""
    play(rules)
    node = make_node(enforcing(), files)
    for expectation, answer in (
        (Expectation.REQUIRED, required),
        (Expectation.FORBIDDEN, forbidden),
    ):
        verdict = node.report(expectation).verdict

        assert (verdict.state, verdict.boot_state) == states
        assert (verdict.compliant, verdict.reason) == answer
        assert bool(verdict.remedy) == (verdict.compliant == FALSE)
