"""Who uses SCTP, as a person at a terminal reads it."""

import io
from dataclasses import replace

import pytest

from agent.terminal.text import write_report
from agent.terminal.workloads import write_workloads
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.usage import Workload, Workloads
from tests.reports import SAMPLE, USERS

WHOLE = """\
used by                                 endpoints  associations  sent again  paths down
pod core/amf-0, container amf                   1             2           3           1
<b>bgpd</b> of frr.service on the host          1             0           0           0
not known: it has ended                         0             1           3           1
not seen: /proc/7/fd: permission denied

pod core/amf-0, container amf
  listens one-to-many on port 38412 of 10.0.0.1, 10.0.1.1
  established one-to-many, port 38412 of 10.0.0.1, 10.0.1.1 to port 5000
    16 bytes to send, 0 to read, 3 chunks sent again
    10.0.0.2 active, primary
    10.0.1.2 inactive
  cookie wait one-to-many, port 38412 of 10.0.0.1, 10.0.1.1 to port 5000
    16 bytes to send, 0 to read
    10.0.0.3 unknown, no heartbeat

<b>bgpd</b> of frr.service on the host
  listens one-to-one on port 179 of any address

not known: it has ended
  established one-to-many, port 38412 of 10.0.0.1, 10.0.1.1 to port 5000
    16 bytes to send, 0 to read, 3 chunks sent again
    10.0.0.2 active, primary
    10.0.1.2 inactive
"""


def written(workloads: Workloads) -> str:
    """Return what is written."""
    stream = io.StringIO()
    write_workloads(workloads, stream)
    return stream.getvalue()


def test_every_association() -> None:
    """A line for each user, then its endpoints, associations and paths."""
    assert written(USERS) == WHOLE


@pytest.mark.parametrize(
    ("workloads", "text"),
    [
        pytest.param(
            Workloads(time=1.0),
            "nobody uses SCTP: it is not in the kernel\n",
            id="no stack",
        ),
        pytest.param(
            Workloads(stack=True, processes=312, namespaces=41, time=1.0),
            "nobody uses SCTP, of 312 processes in 41 network namespaces\n",
            id="nobody",
        ),
        pytest.param(
            Workloads(problems=("x\x1b",), time=1.0),
            "it is not known who uses SCTP\nnot seen: x\\x1b\n",
            id="nothing seen",
        ),
    ],
)
def test_nobody(workloads: Workloads, text: str) -> None:
    """That nobody was found is said with what was looked at."""
    assert written(workloads) == text


@pytest.mark.parametrize(
    ("owner", "text"),
    [
        pytest.param(Owner(OwnerKind.POD, "f00d"), "pod f00d", id="by its UID"),
        pytest.param(Owner(OwnerKind.HOST), "a process on the host", id="unnamed"),
    ],
)
def test_who_has_no_name(owner: Owner, text: str) -> None:
    """What is known is said."""
    assert written(Workloads((Workload(owner),))).splitlines()[1].startswith(text)


@pytest.mark.parametrize(
    ("workloads", "shown"),
    [
        pytest.param(USERS, True, id="users"),
        pytest.param(Workloads(problems=("x",)), True, id="something not seen"),
        pytest.param(Workloads(stack=True, time=1.0), False, id="nobody"),
        pytest.param(None, False, id="not asked for"),
    ],
)
def test_report(workloads: Workloads | None, shown: bool) -> None:  # noqa: FBT001
    """The report ends with the table where there is something in it."""
    stream = io.StringIO()
    write_report(replace(SAMPLE, workloads=workloads), stream)

    text = stream.getvalue()
    assert ("used by" in text or "not seen" in text) is shown
