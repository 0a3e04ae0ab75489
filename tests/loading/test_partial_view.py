"""Nodes of which a few folders were given: as certain as what is seen allows."""

import pytest

from agent.facts import Gap
from agent.findings import Cause, Origin, Reason, Report, State, Status
from agent.hostfs.mounts import NOT_GIVEN, Mounts
from agent.loading.forecast import Forecast, TriState
from agent.loading.partial_view import doubt
from tests.confined import LEADING_OUT, MOUNTS
from tests.nodes import (
    BOOT,
    CMDLINE,
    DISABLED,
    ETC,
    HELPER,
    MODULES,
    Failures,
    Files,
    Link,
    MakeNode,
    loaded,
)

CONF = f"{ETC}/x.conf"
BLACKLIST: Files = {CONF: "blacklist sctp\n"}
READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
FAILED: Failures = {
    ("agent", "ipv4", "one-to-one"): ("listen", "EACCES"),
    ("pod", "ipv4", "one-to-one"): ("namespace", "EPERM"),
}


def without(*paths: str) -> tuple[str, ...]:
    """Return the mounts but for some."""
    return tuple(mount for mount in MOUNTS if mount not in paths)


@pytest.mark.parametrize(
    ("files", "mounts", "state", "boot_state", "reason"),
    [
        pytest.param(
            {}, MOUNTS, UNKNOWN, ON_DEMAND, Reason.FACT_UNREADABLE, id="loadable"
        ),
        pytest.param(
            {BOOT: "sctp\n"},
            MOUNTS,
            UNKNOWN,
            READY,
            Reason.FACT_UNREADABLE,
            id="declared, not loaded",
        ),
        pytest.param(
            {**loaded(), BOOT: "sctp\n"},
            MOUNTS,
            READY,
            READY,
            Reason.AS_EXPECTED,
            id="declared and loaded",
        ),
        pytest.param(
            loaded(),
            MOUNTS,
            READY,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="loaded by what was not given, perhaps",
        ),
        pytest.param(
            {**loaded(), **BLACKLIST},
            MOUNTS,
            READY,
            UNKNOWN,
            Reason.BOOT_LOAD_OPAQUE,
            id="loaded, blacklisted since",
        ),
        pytest.param(
            BLACKLIST,
            MOUNTS,
            UNAVAILABLE,
            UNAVAILABLE,
            Reason.BLACKLISTED,
            id="blacklisted in /etc",
        ),
        pytest.param(
            {CONF: "install sctp /bin/true\n"},
            MOUNTS,
            UNAVAILABLE,
            UNAVAILABLE,
            Reason.INSTALL_OVERRIDE,
            id="install line in /etc",
        ),
        pytest.param(
            {"/usr/lib/modprobe.d/x.conf": "blacklist sctp\n"},
            MOUNTS,
            UNKNOWN,
            UNAVAILABLE,
            Reason.BLACKLISTED,
            id="blacklisted by the vendor, which /run could hide",
        ),
        pytest.param(
            {CMDLINE: "modprobe.blacklist=sctp\n"},
            MOUNTS,
            UNAVAILABLE,
            UNAVAILABLE,
            Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
            id="blacklisted by an argument",
        ),
        pytest.param(
            {**loaded(), BOOT: "sctp\n", CMDLINE: "rd.driver.blacklist=sctp\n"},
            MOUNTS,
            READY,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="the initramfs may write into /run",
        ),
        pytest.param(
            {DISABLED: "1\n"},
            MOUNTS,
            UNAVAILABLE,
            UNKNOWN,
            Reason.MODULES_DISABLED,
            id="modules disabled by nobody knows what",
        ),
        pytest.param(
            {DISABLED: "1\n", "/etc/sysctl.d/x.conf": "kernel.modules_disabled=1\n"},
            MOUNTS,
            UNAVAILABLE,
            UNAVAILABLE,
            Reason.MODULES_DISABLED,
            id="modules disabled by a file that is seen",
        ),
        pytest.param(
            {HELPER: "/opt/loader\n"},
            MOUNTS,
            UNKNOWN,
            UNKNOWN,
            Reason.HELPER_OPAQUE,
            id="a helper set by nobody knows what",
        ),
        pytest.param(
            {**loaded(), BOOT: "sctp\n"},
            without("/usr/local/lib"),
            READY,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="a folder that a boot reads is missing",
        ),
        pytest.param(
            {**loaded(), BOOT: "sctp\n"},
            without("/etc/modules-load.d"),
            READY,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="the declarations are missing",
        ),
        pytest.param(
            BLACKLIST,
            without("/lib", "/usr/lib"),
            UNKNOWN,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="the modules are missing",
        ),
        pytest.param(
            BLACKLIST,
            without("/boot", "/lib"),
            UNAVAILABLE,
            UNAVAILABLE,
            Reason.BLACKLISTED,
            id="merged /usr under its own name only",
        ),
        pytest.param(
            {CONF: Link("../modprobe.conf")},
            MOUNTS,
            UNKNOWN,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="a link that leads out",
        ),
        pytest.param(
            {"/proc/filesystems": "nodev selinuxfs\n"},
            MOUNTS,
            UNKNOWN,
            UNKNOWN,
            Reason.SELINUX_DECIDES,
            id="SELinux is not shown",
        ),
    ],
)
def test_verdict(
    make_node: MakeNode,
    *,
    files: Files,
    mounts: tuple[str, ...],
    state: State,
    boot_state: State,
    reason: Reason,
) -> None:
    """What was not given decides only where it could."""
    verdict = make_node(LEADING_OUT, files).report(given=Mounts(mounts)).verdict

    assert (verdict.state, verdict.boot_state, verdict.reason) == (
        state,
        boot_state,
        reason,
    )


@pytest.mark.parametrize(
    ("files", "mounts", "remedy"),
    [
        pytest.param({}, MOUNTS, "have sctp loaded at boot by", id="not declared"),
        pytest.param({BOOT: "sctp\n"}, MOUNTS, "sctp is declared: load", id="declared"),
        pytest.param({}, without("/lib", "/usr/lib"), "let the agent", id="modules"),
    ],
)
def test_remedy(
    make_node: MakeNode, files: Files, mounts: tuple[str, ...], remedy: str
) -> None:
    """Whoever chose to give less than all is not told to give all for /run."""
    verdict = make_node(LEADING_OUT, files).report(given=Mounts(mounts)).verdict

    assert verdict.reason == Reason.FACT_UNREADABLE
    assert verdict.remedy.startswith(remedy)


def test_selinux_that_is_not_shown_to_a_node_with_sctp(make_node: MakeNode) -> None:
    """Whether it lets containers load sctp does not matter any more."""
    hidden: Files = {"/proc/filesystems": "nodev selinuxfs\n", BOOT: "sctp\n"}
    node = make_node(LEADING_OUT, loaded(), hidden)

    assert _statuses(node.report(given=Mounts(MOUNTS)))["selinux_autoload"] == (
        Status.SKIP
    )


def _statuses(report: Report) -> dict[str, Status]:
    return {check.name: check.finding.status for check in report.checks}


def test_what_is_not_given_is_no_alarm(make_node: MakeNode) -> None:
    """On a node that is as it should be nothing warns and nothing is unknown."""
    declared: Files = {**loaded(), BOOT: "sctp\n"}
    report = make_node(LEADING_OUT, declared).report(
        given=Mounts(MOUNTS), failures={("pod", "", ""): ("namespace", "EPERM")}
    )

    found = _statuses(report)
    assert set(found.values()) == {Status.PASS, Status.SKIP}
    assert found["config_drift"] == Status.SKIP
    readable = next(c.finding for c in report.checks if c.name == "node_readable")
    assert {origin.text for origin in readable.evidence} == {NOT_GIVEN}
    assert "/run/modprobe.d" in {origin.path for origin in readable.evidence}


def test_same_as_with_the_whole_node_where_nothing_is_left_out(
    make_node: MakeNode,
) -> None:
    """A view of everything, mount by mount, is the whole view."""
    node = make_node({MODULES + "/": None}, BLACKLIST)
    tops = (*tuple(f"/{path.name}" for path in node.root.iterdir()), "/run")
    node.path("/run").mkdir()

    whole, given = node.report(), node.report(given=Mounts(tops))

    assert _statuses(whole) == _statuses(given)
    assert whole.verdict == given.verdict


@pytest.mark.parametrize(
    ("denied_in", "stands"),
    [
        pytest.param("/etc/modprobe.d/a.conf", True, id="above"),
        pytest.param("/usr/local/lib/modprobe.d/a.conf", False, id="beside"),
        pytest.param("/usr/lib/modprobe.d/a.conf", False, id="below"),
        pytest.param("/proc/cmdline", True, id="where no folder hides anything"),
    ],
)
def test_denial_beside_a_folder_that_was_not_given(
    denied_in: str, *, stands: bool
) -> None:
    """It stands where it has precedence over all that was not given."""
    denial = Cause(Reason.BLACKLISTED, "denied", (Origin(denied_in),))
    forecast = Forecast(TriState.NO, (denial,))
    unseen = (
        Gap("/usr/lib/modprobe.d", NOT_GIVEN),
        Gap("/usr/local/lib/modprobe.d", NOT_GIVEN),
    )

    assert (doubt(forecast, unseen) == forecast) is stands
