"""Which remedy fits, where the reason alone does not say."""

from dataclasses import replace

import pytest

from agent.declared import Declared
from agent.facts import (
    Gap,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    NodeFacts,
    SystemFacts,
)
from agent.facts.node import Helper, HelperFact
from agent.findings import Cause, ModuleState, Origin, Reason
from agent.hostfs.mounts import NOT_GIVEN
from agent.kernel.obstacles import Obstacle
from agent.loading.assessment import Assessment
from agent.loading.forecast import Forecast, LoadForecasts, Removal, TriState
from agent.names import CMDLINE, DISABLED, HELPER
from agent.verdict import remedy_texts
from agent.verdict.obstacle_texts import BY_OBSTACLE, SET_BY_SOMETHING
from agent.verdict.platforms import Platform
from agent.verdict.remedies import remedy_for
from agent.verdict.remedy_texts import AKS, AKS_FILE

RUN, ETC = "/run/modprobe.d", "/etc/modprobe.d"
LIVE = NodeFacts(KernelFacts(release="6.1.0"))
AT_REST = replace(LIVE, kernel=KernelFacts(release="6.1.0", live=False))
SWITCHED_OFF = replace(LIVE, kernel=KernelFacts(release="6.1.0", modules_disabled=True))
WITHHELD = replace(
    LIVE,
    modprobe=ModprobeFacts(unseen=(Gap(RUN, NOT_GIVEN), Gap(ETC, NOT_GIVEN))),
)
BUILT_IN = replace(LIVE, module=ModuleFacts(state=ModuleState.BUILTIN))
LISTED = LoadForecasts(boot_load=Forecast(TriState.YES))
UNLISTED = LoadForecasts(boot_load=Forecast(TriState.NO))
SYSCTL = "/etc/sysctl.d/a.conf"
VENDOR = "/usr/lib/modprobe.d/sctp-blacklist.conf"
HELPED = replace(LIVE, kernel=KernelFacts(helper=HelperFact(Helper.OPAQUE)))
MANAGED = replace(
    LIVE,
    system=SystemFacts(os_id="fedora", variant="coreos"),
    declared=Declared("rendered-worker-1"),
)


def _usual(reason: Reason) -> str:
    return remedy_texts.BY_REASON[reason][Platform.UNKNOWN]


@pytest.mark.parametrize(
    ("reason", "path", "facts", "forecasts", "template"),
    [
        pytest.param(
            Reason.MODULES_DISABLED,
            SYSCTL,
            LIVE,
            UNLISTED,
            _usual(Reason.MODULES_DISABLED),
            id="a switch in a file",
        ),
        pytest.param(
            Reason.MODULES_DISABLED,
            CMDLINE,
            LIVE,
            UNLISTED,
            _usual(Reason.DENIED_BY_KERNEL_ARGUMENT),
            id="a switch on the command line",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            CMDLINE,
            LIVE,
            UNLISTED,
            _usual(Reason.FACT_UNREADABLE),
            id="a command line that was not read",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            DISABLED,
            SWITCHED_OFF,
            UNLISTED,
            SET_BY_SOMETHING[DISABLED],
            id="a switch that nothing explains",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            DISABLED,
            LIVE,
            UNLISTED,
            _usual(Reason.FACT_UNREADABLE),
            id="a switch that was not read",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            CMDLINE,
            SWITCHED_OFF,
            UNLISTED,
            _usual(Reason.FACT_UNREADABLE),
            id="another file, beside a switch that nothing explains",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            ETC,
            AT_REST,
            UNLISTED,
            remedy_texts.ARCHIVE,
            id="not in the archive",
        ),
        pytest.param(
            Reason.FACT_TIMEOUT,
            ETC,
            AT_REST,
            UNLISTED,
            _usual(Reason.FACT_TIMEOUT),
            id="late, though it is an archive",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            RUN,
            WITHHELD,
            LISTED,
            remedy_texts.DECLARED,
            id="only this boot hides it, and the next loads sctp",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            RUN,
            WITHHELD,
            UNLISTED,
            remedy_texts.UNDECLARED,
            id="only this boot hides it, and the next does not",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            ETC,
            WITHHELD,
            LISTED,
            _usual(Reason.FACT_UNREADABLE),
            id="hidden at each boot",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            RUN,
            LIVE,
            LISTED,
            _usual(Reason.FACT_UNREADABLE),
            id="not withheld but unreadable",
        ),
        pytest.param(
            Reason.FACT_TIMEOUT,
            RUN,
            WITHHELD,
            LISTED,
            _usual(Reason.FACT_TIMEOUT),
            id="not withheld but late",
        ),
        pytest.param(
            Reason.LOADED_WHERE_FORBIDDEN,
            ETC,
            BUILT_IN,
            UNLISTED,
            remedy_texts.BUILT_IN,
            id="forbidden and built in",
        ),
        pytest.param(
            Reason.LOADED_WHERE_FORBIDDEN,
            ETC,
            LIVE,
            UNLISTED,
            _usual(Reason.LOADED_WHERE_FORBIDDEN),
            id="forbidden and loaded",
        ),
        pytest.param(
            Reason.SOCKET_FAILED,
            ETC,
            BUILT_IN,
            LISTED,
            _usual(Reason.SOCKET_FAILED),
            id="built in and failing",
        ),
        pytest.param(
            Reason.SELINUX_DENIES_LOAD,
            ETC,
            LIVE,
            LISTED,
            remedy_texts.DECLARED,
            id="denied to containers until the boot loads it",
        ),
        pytest.param(
            Reason.SELINUX_DENIES_LOAD,
            ETC,
            AT_REST,
            LISTED,
            "",
            id="denied to containers, of a disk that loads it",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            HELPER,
            HELPED,
            UNLISTED,
            SET_BY_SOMETHING[HELPER],
            id="a helper that nothing explains",
        ),
        pytest.param(
            Reason.FACT_UNREADABLE,
            HELPER,
            LIVE,
            UNLISTED,
            _usual(Reason.FACT_UNREADABLE),
            id="a helper that was not read",
        ),
        pytest.param(
            Reason.BLACKLISTED,
            VENDOR,
            MANAGED,
            UNLISTED,
            remedy_texts.BY_REASON[Reason.BLACKLISTED][Platform.RHCOS],
            id="a node that an operator manages",
        ),
    ],
)
def test_remedy(
    reason: Reason,
    path: str,
    facts: NodeFacts,
    forecasts: LoadForecasts,
    template: str,
) -> None:
    """Where it stands, what is given and what is declared decide over it."""
    cause = Cause(reason, "", (Origin(path, 1, "TEXT"),))
    words = {"path": path, "text": "TEXT", "release": "6.1.0"}
    words["name"] = path.rpartition("/")[2]

    assert remedy_for(cause, Assessment(facts, forecasts)) == template.format(**words)


_AZURE = replace(LIVE, kernel=KernelFacts(release="5.15.0-1060-azure"))


@pytest.mark.parametrize(
    ("lines", "facts", "is_aks"),
    [
        pytest.param(((AKS_FILE, 1),), _AZURE, True, id="the line of AKS"),
        pytest.param(((AKS_FILE, 1),), LIVE, False, id="its file elsewhere"),
        pytest.param(
            ((AKS_FILE, 1), (AKS_FILE, 2)), _AZURE, False, id="more lines of it"
        ),
        pytest.param(((f"{ETC}/a.conf", 1),), _AZURE, False, id="another file"),
    ],
)
def test_lines_of_aks(
    lines: tuple[tuple[str, int], ...], facts: NodeFacts, *, is_aks: bool
) -> None:
    """Its switch takes one known line away, and nothing else."""
    origins = tuple(Origin(path, number, "blacklist sctp") for path, number in lines)
    forecasts = replace(UNLISTED, removal=Removal(origins))
    cause = Cause(Reason.BLACKLISTED, "", origins)
    remedy = remedy_for(cause, Assessment(facts, forecasts))

    assert (remedy == AKS.format(path=AKS_FILE)) == is_aks
    assert lines[0][0] in remedy


def test_first_thing_in_the_way_is_dealt_with() -> None:
    """Where a socket failed for what stands in its way, that is mended."""
    places = (Obstacle.LOOPBACK_DOWN.place, "host network namespace")
    cause = Cause(Reason.NOT_PROBED, "", tuple(map(Origin, places)))

    assert remedy_for(cause, Assessment(LIVE, UNLISTED)) == BY_OBSTACLE[places[0]]
