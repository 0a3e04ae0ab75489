"""What the next boot finds is not what there is now."""

import pytest

from agent.findings import Reason, State
from tests.nodes import BOOT, ETC, VENDOR, Files, MakeNode

RUN = "/run/modprobe.d"
DENIAL = "blacklist sctp\n"
ON_DEMAND, UNAVAILABLE = State.ON_DEMAND, State.UNAVAILABLE


@pytest.mark.parametrize(
    ("files", "state", "boot", "reason"),
    [
        pytest.param(
            {f"{RUN}/x.conf": DENIAL},
            UNAVAILABLE,
            ON_DEMAND,
            Reason.BLACKLISTED,
            id="a file that denies until then",
        ),
        pytest.param(
            {f"{RUN}/x.conf": "", f"{VENDOR}/x.conf": DENIAL},
            ON_DEMAND,
            UNAVAILABLE,
            Reason.BLACKLISTED,
            id="a file that hides another until then",
        ),
        pytest.param(
            {f"{RUN}/x.conf": DENIAL, f"{ETC}/y.conf": DENIAL},
            UNAVAILABLE,
            UNAVAILABLE,
            Reason.BLACKLISTED,
            id="a file beside another that stays",
        ),
        pytest.param(
            {f"{RUN}/x.conf": DENIAL, BOOT: "sctp\n"},
            UNAVAILABLE,
            State.READY,
            Reason.BLACKLISTED,
            id="a file that denies until then, and sctp listed",
        ),
        pytest.param(
            {"/run/modules-load.d/x.conf": "sctp\n"},
            ON_DEMAND,
            ON_DEMAND,
            Reason.AS_EXPECTED,
            id="a list that is gone by then",
        ),
    ],
)
def test_run_is_empty_after_a_boot(
    make_node: MakeNode, files: Files, state: State, boot: State, reason: Reason
) -> None:
    """What lies below /run decides now, and no longer after a reboot."""
    verdict = make_node(files).report().verdict

    assert (verdict.state, verdict.boot_state) == (state, boot)
    assert verdict.reason == reason
