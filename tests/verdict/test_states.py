"""The two states and their causes, from forecasts alone."""

from dataclasses import replace

import pytest

from agent.facts import (
    Gap,
    KernelFacts,
    ModuleFacts,
    NextKernel,
    NodeFacts,
    SystemFacts,
)
from agent.findings import (
    Cause,
    ModuleState,
    Origin,
    Reason,
    SocketResult,
    State,
)
from agent.kernel.obstacles import Obstacle
from agent.loading.assessment import Assessment
from agent.loading.causes import unreadable_cause
from agent.loading.forecast import Forecast, LoadForecasts, TriState
from agent.selinux.facts import SELinuxFacts
from agent.selinux.mode import Mode
from agent.verdict.states import look, root_cause

YES, NO, UNKNOWN = TriState.YES, TriState.NO, TriState.UNKNOWN
AT_LOAD = Cause(Reason.ALIAS_DIVERTED, "what stops the load at boot", (Origin("/l"),))
AT_SOCKET = Cause(Reason.BLACKLISTED, "what stops the socket", (Origin("/s"),))
NOT_DECLARED = Cause(Reason.NOT_DECLARED_AT_BOOT, "nothing names sctp")
OPAQUE = Cause(Reason.INSTALL_COMMAND_OPAQUE, "a script")


@pytest.mark.parametrize(
    ("load", "autoload", "state", "causes"),
    [
        pytest.param(Forecast(YES), Forecast(NO), State.READY, (), id="declared"),
        pytest.param(
            Forecast(NO, (NOT_DECLARED,)),
            Forecast(YES),
            State.ON_DEMAND,
            (),
            id="by the first socket",
        ),
        pytest.param(
            Forecast(NO, (AT_LOAD,)),
            Forecast(NO, (AT_SOCKET,)),
            State.UNAVAILABLE,
            (AT_LOAD, AT_SOCKET),
            id="declared in vain, and denied to sockets",
        ),
        pytest.param(
            Forecast(NO, (NOT_DECLARED,)),
            Forecast(NO, (AT_SOCKET,)),
            State.UNAVAILABLE,
            (AT_SOCKET,),
            id="not declared, which denies nothing",
        ),
        pytest.param(
            Forecast(UNKNOWN, (OPAQUE,)),
            Forecast(NO, (AT_SOCKET,)),
            State.UNKNOWN,
            (OPAQUE, AT_SOCKET),
            id="declared, with an open end",
        ),
        pytest.param(
            Forecast(NO, (AT_LOAD,)),
            Forecast(UNKNOWN, (OPAQUE,)),
            State.UNKNOWN,
            (AT_LOAD, OPAQUE),
            id="declared in vain, with an open end for sockets",
        ),
    ],
)
def test_after_a_boot(
    load: Forecast, autoload: Forecast, state: State, causes: tuple[Cause, ...]
) -> None:
    """The load at boot comes first, in the answer and in its causes."""
    forecasts = LoadForecasts(boot_load=load, boot_autoload=autoload)
    states = look(Assessment(NodeFacts(KernelFacts(live=False)), forecasts))

    assert (states.boot_state, states.boot_causes) == (state, causes)


@pytest.mark.parametrize(
    ("entry", "boot_state"),
    [
        pytest.param(NextKernel(), State.UNAVAILABLE, id="the same kernel boots"),
        pytest.param(
            NextKernel(gaps=(Gap("/boot/grub/grub.cfg", "input/output error"),)),
            State.UNKNOWN,
            id="the arguments may switch SELinux off",
        ),
    ],
)
def test_denial_of_sockets_after_a_boot(entry: NextKernel, boot_state: State) -> None:
    """A policy that denies sockets does so where it is known to be enforced."""
    policy = SELinuxFacts(Mode.ENFORCING, label="container_t", denials=("create",))
    facts = NodeFacts(system=SystemFacts(selinux=policy), next=entry)

    assert look(Assessment(facts, LoadForecasts())).boot_state == boot_state


@pytest.mark.parametrize(
    ("reason", "open_end"),
    [
        (Reason.FACT_TIMEOUT, True),
        (Reason.FACT_UNREADABLE, True),
        (Reason.CHECK_CRASHED, True),
        (Reason.VERSION_DECIDES, True),
        (Reason.MODPROBE_HELPER, False),
    ],
)
def test_cause_of_what_is_not_known(reason: Reason, *, open_end: bool) -> None:
    """It is what leaves the answer open, even where something else would deny."""
    other = Cause(reason, "another")
    found = root_cause((AT_SOCKET, other), State.UNKNOWN)

    assert found is (other if open_end else AT_SOCKET)


def test_no_cause_at_all() -> None:
    """A state whose cause is lost says so."""
    assert root_cause((), State.UNAVAILABLE).reason == Reason.FACT_UNREADABLE


def _socket(netns: str, error: str = "", *, tried: bool = True) -> SocketResult:
    success = not error if tried else None
    stage = "bind" if error else "done"
    return SocketResult(netns, "ipv4", "one-to-one", success, stage, error)


def _failure(netns: str, error: str) -> Cause:
    late = error == "ETIMEDOUT"
    return Cause(
        Reason.SOCKET_TIMEOUT if late else Reason.SOCKET_FAILED,
        f"sctp is in the kernel but bind failed with {error}",
        (Origin(f"{netns} network namespace", None, error),),
    )


LOADABLE, LOADED = ModuleState.LOADABLE, ModuleState.LOADED
BUILTIN, NOT_KNOWN = ModuleState.BUILTIN, ModuleState.UNKNOWN
UNREAD = Gap("/proc/modules", "permission denied")
NOT_TRIED = Cause(Reason.NOT_PROBED, "no socket could be tried")
DENIED, OPENED, OPEN = Forecast(NO, (AT_SOCKET,)), Forecast(YES), Forecast(UNKNOWN)


@pytest.mark.parametrize(
    ("module", "sockets", "autoload", "state", "causes"),
    [
        pytest.param(LOADABLE, (), OPENED, State.ON_DEMAND, (), id="will be loaded"),
        pytest.param(
            LOADABLE, (), DENIED, State.UNAVAILABLE, (AT_SOCKET,), id="is denied"
        ),
        pytest.param(
            LOADABLE,
            (),
            Forecast(UNKNOWN, (OPAQUE,)),
            State.UNKNOWN,
            (OPAQUE,),
            id="is not known",
        ),
        pytest.param(
            LOADABLE,
            (_socket("agent"),),
            DENIED,
            State.READY,
            (),
            id="a socket has just loaded it",
        ),
        pytest.param(
            LOADABLE,
            (_socket("agent", "EPROTONOSUPPORT"),),
            OPENED,
            State.ON_DEMAND,
            (),
            id="a socket that failed says nothing of the next",
        ),
        pytest.param(
            NOT_KNOWN,
            (),
            DENIED,
            State.UNKNOWN,
            (AT_SOCKET, unreadable_cause((UNREAD,))),
            id="denied, and perhaps loaded already",
        ),
        pytest.param(
            NOT_KNOWN, (), OPENED, State.ON_DEMAND, (), id="loaded or not: it works"
        ),
        pytest.param(LOADED, (_socket("agent"),), DENIED, State.READY, (), id="proven"),
        pytest.param(
            BUILTIN, (_socket("agent"),), DENIED, State.READY, (), id="built in, proven"
        ),
        pytest.param(
            LOADED, (), OPENED, State.UNKNOWN, (NOT_TRIED,), id="loaded, not tried"
        ),
        pytest.param(
            LOADED,
            (_socket("agent", "EACCES"),),
            OPENED,
            State.UNAVAILABLE,
            (_failure("agent", "EACCES"),),
            id="loaded, and a socket failed",
        ),
        pytest.param(
            LOADED,
            (_socket("agent", "ETIMEDOUT"),),
            OPENED,
            State.UNKNOWN,
            (_failure("agent", "ETIMEDOUT"),),
            id="loaded, and a socket was late",
        ),
        pytest.param(
            LOADED,
            (_socket("agent"), _socket("host", "EACCES")),
            OPENED,
            State.UNAVAILABLE,
            (_failure("host", "EACCES"),),
            id="the host's namespace speaks for the node",
        ),
        pytest.param(
            LOADED,
            (_socket("agent"), _socket("host", "EPERM", tried=False)),
            DENIED,
            State.READY,
            (),
            id="the agent's does where the host's was not tried",
        ),
        pytest.param(
            LOADED,
            (_socket("pod", "EACCES"), _socket("agent")),
            DENIED,
            State.READY,
            (),
            id="a new namespace does not speak for it",
        ),
        pytest.param(
            LOADED,
            (
                replace(_socket("host", "EACCES"), family="ipv6"),
                replace(_socket("host", "EACCES"), style="one-to-many"),
                _socket("host"),
            ),
            DENIED,
            State.READY,
            (),
            id="nor do other families and styles",
        ),
    ],
)
def test_now(
    module: ModuleState,
    sockets: tuple[SocketResult, ...],
    autoload: Forecast,
    state: State,
    causes: tuple[Cause, ...],
) -> None:
    """In the kernel a socket has to prove it; else the forecast is the answer."""
    facts = NodeFacts(module=ModuleFacts(state=module, gaps=(UNREAD,)), sockets=sockets)
    states = look(Assessment(facts, LoadForecasts(autoload=autoload)))

    assert (states.state, states.causes) == (state, causes)


@pytest.mark.parametrize(
    ("module", "state"),
    [
        pytest.param(BUILTIN, State.READY, id="built in"),
        pytest.param(LOADED, State.UNAVAILABLE, id="loaded when it was copied"),
    ],
)
def test_files_of_a_node_at_rest(module: ModuleState, state: State) -> None:
    """Where nothing runs no socket can prove anything."""
    facts = NodeFacts(KernelFacts(live=False), module=ModuleFacts(state=module))

    assert look(Assessment(facts, LoadForecasts(autoload=DENIED))).state == state


def test_reason_for_no_socket() -> None:
    """Why none was tried is the cause where nothing is proven."""
    facts = NodeFacts(module=ModuleFacts(state=LOADED), sockets_skipped="it is coming")
    (cause,) = look(Assessment(facts)).causes

    assert cause == Cause(Reason.NOT_PROBED, "it is coming")


@pytest.mark.parametrize(
    ("obstacle", "state", "reason"),
    [
        pytest.param("", State.UNAVAILABLE, Reason.SOCKET_FAILED, id="nothing"),
        pytest.param(
            Obstacle.LOOPBACK_DOWN, State.UNKNOWN, Reason.NOT_PROBED, id="no loopback"
        ),
        pytest.param(
            Obstacle.ADDIP_WITHOUT_AUTH,
            State.UNAVAILABLE,
            Reason.SOCKET_FAILED,
            id="a setting of SCTP itself",
        ),
    ],
)
def test_what_stands_in_the_way_of_a_socket(
    obstacle: str, state: State, reason: Reason
) -> None:
    """Without loopback nothing was tried that says anything of SCTP."""
    result = SocketResult(
        *("host", "ipv4", "one-to-one"),
        success=False,
        stage="connect",
        error="EACCES",
        obstacle=obstacle,
    )
    facts = NodeFacts(module=ModuleFacts(state=LOADED), sockets=(result,))
    outcome = look(Assessment(facts))

    assert (outcome.state, outcome.causes[0].reason) == (state, reason)


@pytest.mark.parametrize(
    ("doubt", "autoload", "state"),
    [
        pytest.param(
            Reason.BOOT_LOAD_OPAQUE, OPENED, State.ON_DEMAND, id="a socket does"
        ),
        pytest.param(
            Reason.BOOT_LOAD_OPAQUE, DENIED, State.UNKNOWN, id="a socket does not"
        ),
        pytest.param(
            Reason.FACT_UNREADABLE, OPENED, State.UNKNOWN, id="something was not read"
        ),
    ],
)
def test_load_at_boot_that_is_not_known(
    doubt: Reason, autoload: Forecast, state: State
) -> None:
    """Whether a boot loads it matters little where the first socket does."""
    load = Forecast(UNKNOWN, (NOT_DECLARED, Cause(doubt, "who knows")))
    forecasts = LoadForecasts(boot_load=load, boot_autoload=autoload)

    assert look(Assessment(NodeFacts(), forecasts)).boot_state == state


@pytest.mark.parametrize(
    ("module", "boots_with", "state"),
    [
        pytest.param(BUILTIN, None, State.READY, id="the same kernel, built in"),
        pytest.param(BUILTIN, LOADABLE, State.UNAVAILABLE, id="another one, a module"),
        pytest.param(LOADABLE, BUILTIN, State.READY, id="another one, built in"),
    ],
)
def test_kernel_that_boots_next(
    module: ModuleState, boots_with: ModuleState | None, state: State
) -> None:
    """Built in counts for the kernel that has it."""
    then = ModuleFacts(state=boots_with) if boots_with else None
    facts = NodeFacts(module=ModuleFacts(state=module), next_module=then)
    forecasts = LoadForecasts(boot_load=DENIED, boot_autoload=DENIED)
    states = look(Assessment(facts, replace(forecasts, boot_any_autoload=DENIED)))

    assert states.boot_state == state
    assert states.boot_exposed == (YES if state == State.READY else NO)


@pytest.mark.parametrize(
    ("module", "autoload", "any_autoload", "exposed"),
    [
        pytest.param(LOADED, DENIED, DENIED, YES, id="loaded, not tried"),
        pytest.param(BUILTIN, DENIED, DENIED, YES, id="built in, not tried"),
        pytest.param(LOADABLE, DENIED, DENIED, NO, id="no socket"),
        pytest.param(LOADABLE, DENIED, OPENED, YES, id="another socket"),
        pytest.param(LOADABLE, DENIED, OPEN, UNKNOWN, id="perhaps another socket"),
        pytest.param(LOADABLE, OPENED, DENIED, YES, id="this socket"),
        pytest.param(LOADABLE, OPEN, DENIED, UNKNOWN, id="perhaps this socket"),
        pytest.param(LOADABLE, OPEN, OPENED, YES, id="another one for certain"),
        pytest.param(NOT_KNOWN, DENIED, DENIED, UNKNOWN, id="perhaps loaded"),
    ],
)
def test_exposure_now(
    module: ModuleState, autoload: Forecast, any_autoload: Forecast, exposed: TriState
) -> None:
    """Whether any socket gets it, as far as that is known."""
    facts = NodeFacts(module=ModuleFacts(state=module, gaps=(UNREAD,)))
    forecasts = LoadForecasts(autoload=autoload, any_autoload=any_autoload)

    assert look(Assessment(facts, forecasts)).exposed == exposed


@pytest.mark.parametrize(
    ("load", "any_autoload", "exposed"),
    [
        pytest.param(DENIED, DENIED, NO, id="neither"),
        pytest.param(OPENED, DENIED, YES, id="by the load"),
        pytest.param(DENIED, OPENED, YES, id="by a socket"),
        pytest.param(OPEN, DENIED, UNKNOWN, id="perhaps by the load"),
        pytest.param(DENIED, OPEN, UNKNOWN, id="perhaps by a socket"),
        pytest.param(OPEN, OPENED, YES, id="by a socket at the latest"),
    ],
)
def test_exposure_after_a_boot(
    load: Forecast, any_autoload: Forecast, exposed: TriState
) -> None:
    """The load at boot, or a socket after it."""
    forecasts = LoadForecasts(boot_load=load, boot_any_autoload=any_autoload)

    assert look(Assessment(NodeFacts(), forecasts)).boot_exposed == exposed


def test_causes_of_an_exposure_that_is_not_known() -> None:
    """Those of each question that is open, and of no other."""
    causes = [Cause(Reason.FACT_UNREADABLE, text) for text in ("now", "load", "then")]
    now, load, then = (Forecast(UNKNOWN, (cause,)) for cause in causes)
    forecasts = LoadForecasts(
        any_autoload=now, boot_load=load, boot_any_autoload=then, autoload=DENIED
    )
    module = NodeFacts(module=ModuleFacts(state=LOADABLE))

    assert look(Assessment(module, forecasts)).exposure_causes == tuple(causes)
    known = replace(forecasts, boot_load=DENIED, any_autoload=OPENED)
    assert look(Assessment(module, known)).exposure_causes == (causes[2],)


@pytest.mark.parametrize(
    ("mode", "setting", "autoload", "states", "causes"),
    [
        pytest.param(
            *(Mode.ENFORCING, "enforcing", Forecast(YES)),
            (State.UNAVAILABLE, State.UNAVAILABLE),
            (("denied",), ("denied",)),
            id="now and then",
        ),
        pytest.param(
            *(Mode.ENFORCING, "permissive", Forecast(YES)),
            (State.UNAVAILABLE, State.ON_DEMAND),
            (("denied",), ()),
            id="now only",
        ),
        pytest.param(
            *(Mode.PERMISSIVE, "enforcing", Forecast(YES)),
            (State.ON_DEMAND, State.UNAVAILABLE),
            ((), ("denied",)),
            id="after a reboot only",
        ),
        pytest.param(
            *(Mode.ENFORCING, "enforcing", Forecast(NO, (AT_SOCKET,))),
            (State.UNAVAILABLE, State.UNAVAILABLE),
            ((AT_SOCKET, "denied"), (AT_SOCKET, "denied")),
            id="beside another cause",
        ),
        pytest.param(
            *(Mode.ENFORCING, "enforcing", Forecast(UNKNOWN, (OPAQUE,))),
            (State.UNAVAILABLE, State.UNAVAILABLE),
            (("denied",), ("denied",)),
            id="whatever a script does",
        ),
    ],
)
def test_sockets_that_selinux_denies(
    mode: Mode,
    setting: str,
    autoload: Forecast,
    states: tuple[State, State],
    causes: tuple[tuple[object, ...], ...],
) -> None:
    """Where it enforces nothing else matters, and what does not deny is no cause."""
    selinux = SELinuxFacts(
        mode=mode, setting=setting, label="container_t", denials=("create",)
    )
    facts = NodeFacts(
        KernelFacts(live=True),
        SystemFacts(selinux=selinux),
        module=ModuleFacts(ModuleState.LOADABLE),
    )
    forecasts = LoadForecasts(
        autoload=autoload,
        any_autoload=autoload,
        boot_load=Forecast(NO, (NOT_DECLARED,)),
        boot_autoload=autoload,
        boot_any_autoload=autoload,
    )
    outcome = look(Assessment(facts, forecasts))

    def names(of: tuple[Cause, ...]) -> tuple[object, ...]:
        denied = Reason.SELINUX_DENIES_SOCKET
        return tuple("denied" if cause.reason == denied else cause for cause in of)

    assert (outcome.state, outcome.boot_state) == states
    assert (names(outcome.causes), names(outcome.boot_causes)) == causes
