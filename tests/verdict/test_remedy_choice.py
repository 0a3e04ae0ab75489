"""Which remedy fits, where the reason alone does not say."""

from dataclasses import replace

import pytest

from agent.facts import Gap, KernelFacts, ModprobeFacts, ModuleFacts, NodeFacts
from agent.findings import Cause, ModuleState, Origin, Reason
from agent.hostfs.mounts import NOT_GIVEN
from agent.loading.assessment import Assessment
from agent.loading.forecast import Forecast, LoadForecasts, TriState
from agent.names import CMDLINE, DISABLED
from agent.verdict import remedy_texts
from agent.verdict.platforms import Platform
from agent.verdict.remedies import remedy_for

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
            remedy_texts.DISABLED_BY_SOMETHING,
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
