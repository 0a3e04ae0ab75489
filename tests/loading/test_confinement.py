"""What SELinux keeps a container from, with values alone."""

from dataclasses import replace

import pytest

from agent.facts import KernelFacts, NextKernel, NodeFacts, SystemFacts
from agent.findings import Cause, Origin, Reason
from agent.kernel.arguments import split
from agent.loading.confinement import (
    CONFIG,
    POLICY,
    boot_load_cause,
    confine,
    load_cause,
    mode,
    socket_cause,
)
from agent.loading.forecast import Forecast, TriState
from agent.selinux.facts import SELinuxFacts
from agent.selinux.mode import Mode

LABEL = "system_u:system_r:container_t:s0"
ON, OFF = Mode.ENFORCING, Mode.PERMISSIVE
DENIES, DECIDES = Reason.SELINUX_DENIES_LOAD, Reason.SELINUX_DECIDES
UNREADABLE = Reason.FACT_UNREADABLE
SOCKET = Reason.SELINUX_DENIES_SOCKET


def _asked(
    mode: Mode = ON,
    *,
    setting: str | None = "enforcing",
    may_load: bool = False,
    boolean: bool | None = False,
    stored: bool | None = None,
) -> SELinuxFacts:
    return SELinuxFacts(
        mode,
        setting,
        label=LABEL,
        may_load=may_load,
        boolean=boolean,
        boolean_setting=stored,
        denials=("bind", "listen"),
    )


def _node(selinux: SELinuxFacts, *, now: str = "", then: str = "") -> NodeFacts:
    return NodeFacts(
        kernel=KernelFacts(arguments=tuple(split(now))),
        system=SystemFacts(selinux=selinux),
        next=NextKernel(release="6.1.0", command_line=then),
    )


@pytest.mark.parametrize(
    ("node", "now", "boot"),
    [
        pytest.param(_node(_asked()), DENIES, DENIES, id="denied"),
        pytest.param(_node(_asked(may_load=True)), None, None, id="allowed"),
        pytest.param(_node(_asked(OFF)), None, DENIES, id="permissive until a boot"),
        pytest.param(
            _node(_asked(setting="permissive")), DENIES, None, id="permissive then"
        ),
        pytest.param(_node(_asked(setting="disabled")), DENIES, None, id="off then"),
        pytest.param(_node(_asked(setting="")), DENIES, DENIES, id="not configured"),
        pytest.param(
            _node(_asked(OFF, setting="")), None, None, id="permissive, not configured"
        ),
        pytest.param(
            _node(_asked(setting=None)), DENIES, UNREADABLE, id="configured unreadably"
        ),
        pytest.param(
            _node(_asked(), then="enforcing=0"), DENIES, None, id="next kernel's word"
        ),
        pytest.param(
            _node(_asked(), now="enforcing=0"), DENIES, DENIES, id="this kernel's word"
        ),
        pytest.param(
            _node(_asked(may_load=True, boolean=True, stored=False)),
            None,
            DENIES,
            id="boolean on until a boot",
        ),
        pytest.param(
            _node(_asked(boolean=False, stored=True)),
            DENIES,
            None,
            id="boolean off until a boot",
        ),
        pytest.param(
            _node(_asked(boolean=None, stored=True)),
            DENIES,
            DENIES,
            id="a boolean that the policy in use lacks",
        ),
        pytest.param(
            _node(SELinuxFacts(Mode.UNKNOWN, hidden=True)),
            DECIDES,
            DECIDES,
            id="not shown",
        ),
        pytest.param(
            _node(SELinuxFacts(Mode.UNKNOWN, None, problem="/x: cut off")),
            UNREADABLE,
            UNREADABLE,
            id="mode unreadable",
        ),
        pytest.param(
            _node(SELinuxFacts(ON, "enforcing", problem="no label")),
            DECIDES,
            DECIDES,
            id="not asked",
        ),
        pytest.param(
            _node(
                SELinuxFacts(ON, "enforcing", problem="no label", boolean_setting=True)
            ),
            DECIDES,
            None,
            id="not asked, and open to all then",
        ),
        pytest.param(
            _node(SELinuxFacts(setting="", no_policy=True), then="enforcing=1"),
            None,
            None,
            id="no policy",
        ),
        pytest.param(
            _node(SELinuxFacts(setting="enforcing", no_policy=True)),
            None,
            DECIDES,
            id="no policy, and configured since",
        ),
        pytest.param(
            _node(SELinuxFacts(setting="enforcing", absent=True)),
            None,
            None,
            id="not in the kernel",
        ),
        pytest.param(
            _node(SELinuxFacts(setting="enforcing", absent=True), now="selinux=0"),
            None,
            DECIDES,
            id="switched off by an argument that is gone then",
        ),
        pytest.param(
            _node(
                SELinuxFacts(setting="enforcing", absent=True),
                now="selinux=0",
                then="selinux=0",
            ),
            None,
            None,
            id="switched off for good",
        ),
    ],
)
def test_load(node: NodeFacts, now: Reason | None, boot: Reason | None) -> None:
    """Now the kernel decides, after a boot its files and arguments as well."""
    found = load_cause(node.system, node.kernel), boot_load_cause(node)

    assert [cause and cause.reason for cause in found] == [now, boot]


BOOLEAN = "domain_kernel_load_modules"
REFUSED = "SELinux lets only unconfined processes load sctp: "
UNSAID = "SELinux enforces, and the files do not say "


def _files(label: str = "", *, stored: bool | None = None) -> SELinuxFacts:
    return SELinuxFacts(setting="enforcing", label=label, boolean_setting=stored)


@pytest.mark.parametrize(
    ("selinux", "system", "expected"),
    [
        pytest.param(
            _asked(),
            "fedora",
            Cause(
                DENIES,
                f"{REFUSED}its policy denies {LABEL} to request modules",
                (Origin(POLICY),),
            ),
            id="the policy denies it",
        ),
        pytest.param(
            SELinuxFacts(Mode.UNKNOWN, hidden=True),
            "fedora",
            Cause(
                DECIDES,
                "SELinux may let only unconfined processes load sctp: it is not shown "
                "to the agent",
                (Origin("/sys/fs/selinux"),),
            ),
            id="not shown",
        ),
        pytest.param(
            SELinuxFacts(Mode.UNKNOWN, problem="/x: cut off"),
            "fedora",
            Cause(
                UNREADABLE,
                "whether SELinux enforces is not known: /x: cut off",
                (Origin(CONFIG),),
            ),
            id="mode unreadable",
        ),
        pytest.param(
            SELinuxFacts(Mode.UNKNOWN),
            "fedora",
            Cause(
                UNREADABLE,
                f"whether SELinux enforces is not known: {CONFIG}",
                (Origin(CONFIG),),
            ),
            id="mode unreadable, nobody knows why",
        ),
        pytest.param(
            SELinuxFacts(ON, "enforcing", problem="no label"),
            "fedora",
            Cause(
                DECIDES,
                "whether SELinux lets containers load sctp is not known: no label",
                (Origin(POLICY),),
            ),
            id="not asked",
        ),
        pytest.param(
            _files(LABEL, stored=False),
            "fedora",
            Cause(
                DENIES,
                f"{REFUSED}{BOOLEAN} is off",
                (Origin(f"/sys/fs/selinux/booleans/{BOOLEAN}"),),
            ),
            id="the boolean of the files is off",
        ),
        pytest.param(
            _files(),
            "rhcos",
            Cause(
                DENIES,
                f"{REFUSED}{BOOLEAN} is off as shipped with RHCOS",
                (Origin(CONFIG),),
            ),
            id="as shipped",
        ),
        pytest.param(
            _files(LABEL),
            "fedora",
            Cause(DECIDES, f"{UNSAID}whether {BOOLEAN} is on", (Origin(CONFIG),)),
            id="files without the boolean",
        ),
        pytest.param(
            _files(stored=False),
            "fedora",
            Cause(
                DECIDES,
                f"{UNSAID}what it lets containers, whose label is not known, do",
                (Origin(CONFIG),),
            ),
            id="no label in the files",
        ),
        pytest.param(
            _files("a:b:own_t:s0", stored=False),
            "rhcos",
            Cause(
                DECIDES,
                f"{UNSAID}what it lets a:b:own_t:s0 do",
                (Origin(CONFIG),),
            ),
            id="a domain that the boolean does not decide over",
        ),
    ],
)
def test_words(selinux: SELinuxFacts, system: str, expected: Cause) -> None:
    """Who is denied what, or what is not known, and where that is written."""
    live = selinux.mode != Mode.OFF
    facts = SystemFacts(os_id=system, selinux=selinux)

    assert load_cause(facts, KernelFacts(live=live)) == expected


def test_arguments_of_a_node_at_rest() -> None:
    """They are its own, whatever kernel it would boot next."""
    node = _node(_asked(), then="enforcing=0")
    at_rest = replace(node, kernel=replace(node.kernel, live=False))

    assert boot_load_cause(node) is None
    assert boot_load_cause(at_rest) is not None


@pytest.mark.parametrize(
    ("node", "now", "boot"),
    [
        pytest.param(_node(_asked()), SOCKET, SOCKET, id="enforcing"),
        pytest.param(_node(_asked(OFF)), None, SOCKET, id="permissive until a boot"),
        pytest.param(
            _node(_asked(), then="selinux=0"), SOCKET, None, id="switched off then"
        ),
        pytest.param(_node(SELinuxFacts(ON)), None, None, id="nothing denied"),
    ],
)
def test_socket(node: NodeFacts, now: Reason | None, boot: Reason | None) -> None:
    """What is denied to the sockets counts where SELinux enforces."""
    found = (socket_cause(node, at_boot=False), socket_cause(node, at_boot=True))

    assert [cause and cause.reason for cause in found] == [now, boot]


def test_words_of_a_socket_that_is_denied() -> None:
    """Whom the policy denies what, and where it was asked."""
    cause = socket_cause(_node(_asked()), at_boot=False)

    assert cause is not None
    assert cause.message == f"SELinux denies SCTP sockets to {LABEL}: bind, listen"
    assert cause.evidence == (Origin(POLICY),)


DENIED = Cause(DENIES, "denied")
OPEN = Cause(DECIDES, "not known")
OTHER = Cause(Reason.BLACKLISTED, "blacklisted")


@pytest.mark.parametrize(
    ("forecast", "cause", "expected"),
    [
        pytest.param(TriState.YES, None, (TriState.YES, [OTHER]), id="not confined"),
        pytest.param(TriState.YES, DENIED, (TriState.NO, [DENIED]), id="denied"),
        pytest.param(
            TriState.NO, DENIED, (TriState.NO, [OTHER, DENIED]), id="denied twice"
        ),
        pytest.param(
            TriState.UNKNOWN, DENIED, (TriState.NO, [DENIED]), id="never asked for"
        ),
        pytest.param(TriState.YES, OPEN, (TriState.UNKNOWN, [OTHER, OPEN]), id="open"),
        pytest.param(TriState.NO, OPEN, (TriState.NO, [OTHER]), id="denied anyway"),
        pytest.param(
            TriState.UNKNOWN, OPEN, (TriState.UNKNOWN, [OTHER, OPEN]), id="open twice"
        ),
    ],
)
def test_forecast_of_a_container(
    forecast: TriState, cause: Cause | None, expected: tuple[TriState, list[Cause]]
) -> None:
    """A request that is denied is never made, whatever would have come of it."""
    found = confine(Forecast(forecast, (OTHER,)), cause)

    assert (found.likelihood, [*found.causes]) == expected


@pytest.mark.parametrize(
    ("selinux", "live", "expected"),
    [
        pytest.param(_asked(OFF), True, OFF, id="of the running kernel"),
        pytest.param(_asked(OFF), False, ON, id="of the files"),
    ],
)
def test_mode(selinux: SELinuxFacts, expected: Mode, *, live: bool) -> None:
    """A node at rest is judged as it boots."""
    node = NodeFacts(kernel=KernelFacts(live=live), system=SystemFacts(selinux=selinux))

    assert mode(node) == expected
