"""The kernel's tables of SCTP, of the kernels that are in use."""

import pytest

from agent.workloads.tables import Table, parse
from agent.workloads.usage import (
    Association,
    AssociationState,
    Endpoint,
    Path,
    PathState,
    Style,
)

EPS = " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n"
ASSOCS = (
    " ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT "
    "RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC "
    "wmema wmemq sndbuf rcvbuf\n"
)
SHORT_ASSOCS = f"{ASSOCS[: ASSOCS.index('HBINT')].rstrip()}\n"
REMADDR = "ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX START STATE\n"
OLD_REMADDR = "ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX  START\n"
START = (
    "ffff96a14c8d1000 ffff96a4c628ac00 2   1   {} 0    {}        5        7    1003 "
)
PORTS = "137248804 3868  55312 "
ENDS = (
    "\t   30000    10    20   10    0    0        3        1        0   4194   4194\n"
)


def row(
    addresses: str = "10.0.0.1 <-> *10.0.0.2 ",
    *,
    state: int = 3,
    number: int = 9,
    ends: str = ENDS,
) -> str:
    """Return a line of assocs as the kernel writes it."""
    return f"{START.format(state, number)}{PORTS} {addresses}{ends}"


def association(
    *paths: Path,
    state: AssociationState = AssociationState.ESTABLISHED,
    number: int = 9,
) -> Association:
    """Return what that line says."""
    return Association(
        number=number,
        state=state,
        style=Style.ONE_TO_ONE,
        local_port=3868,
        remote_port=55312,
        local_addresses=("10.0.0.1",),
        paths=paths or (Path("10.0.0.2", primary=True),),
        send_queue=5,
        receive_queue=7,
        uid=1003,
        inode=137248804,
        retransmissions=3,
        heartbeat_interval=30000,
        streams_in=10,
        streams_out=20,
    )


def test_endpoints() -> None:
    """A port, a style, and any number of addresses of both families."""
    text = (
        f"{EPS}       0        0 0   10  24   3868      0 227065 10.0.0.1 10.0.1.1 \n"
        "       0        0 2   10  16   38412  1000 232851 "
        "2001:0db8:0000:0000:0000:0000:0000:0001 \n"
        "       0        0 7   10  16   1     0 1 0.0.0.0 \n"
    )

    assert parse(text, ASSOCS, REMADDR) == Table(
        (
            Endpoint(3868, Style.ONE_TO_MANY, ("10.0.0.1", "10.0.1.1"), 0, 227065),
            Endpoint(38412, Style.ONE_TO_ONE, ("2001:db8::1",), 1000, 232851),
            Endpoint(1, Style.UNKNOWN, ("0.0.0.0",), 0, 1),  # noqa: S104
        )
    )


def test_paths_of_an_association() -> None:
    """Each remote address with what remaddr says of it under that number."""
    assocs = ASSOCS + row("10.0.0.1 <-> 10.0.0.2 *fd00:0000:0:0:0:0:0:0002 ")
    remaddr = (
        f"{REMADDR}10.0.0.2  9 0 60000 5 0 0 0\n"
        "fd00:0000:0000:0000:0000:0000:0000:0002  9 1 3000 5 0 0 2\n"
        "10.0.0.2  8 1 1000 5 0 0 2\n"
    )

    table = parse(EPS, assocs, remaddr)

    paths = (
        Path("10.0.0.2", False, PathState.INACTIVE, False, 60000, 5),  # noqa: FBT003
        Path("fd00::2", True, PathState.ACTIVE, True, 3000, 5),  # noqa: FBT003
    )
    assert table == Table((), (association(*paths),))
    assert table.associations[0].inactive_paths == 1


@pytest.mark.parametrize(
    ("number", "state"),
    [*((n, s) for n, s in enumerate(AssociationState)), (-1, "unknown")],
)
def test_states(number: int, state: AssociationState) -> None:
    """The kernel's numbers are in the order of RFC 9260; others are unknown."""
    table = parse(EPS, ASSOCS + row(state=number), REMADDR)

    assert table.associations[0].state == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("0", PathState.INACTIVE),
        ("1", PathState.POTENTIALLY_FAILED),
        ("2", PathState.ACTIVE),
        ("3", PathState.UNCONFIRMED),
        ("65535", PathState.UNKNOWN),
        ("-1", PathState.UNKNOWN),
    ],
)
def test_path_states(text: str, state: PathState) -> None:
    """The numbers are those of enum sctp_spinfo_state."""
    remaddr = f"{REMADDR}10.0.0.2  9 1 1000 5 0 0 {text}\n"
    table = parse(EPS, ASSOCS + row(), remaddr)

    assert table.associations[0].paths[0].state is state


def test_columns_of_older_kernels() -> None:
    """What a kernel does not tell is not known, and the rest is read."""
    remaddr = f"{OLD_REMADDR}10.0.0.2 9 1 1000 5 0 0 \n"
    table = parse(EPS, SHORT_ASSOCS + row(ends="\n"), remaddr)

    found = table.associations[0]
    assert (found.retransmissions, found.heartbeat_interval) == (None, None)
    assert found.paths == (
        Path("10.0.0.2", True, PathState.UNKNOWN, True, 1000, 5),  # noqa: FBT003
    )
    assert table.problems == ()


def test_associations_without_a_number_cannot_be_told_apart() -> None:
    """Two that have none yet, to one address: the states may be either's."""
    waiting = row(number=0, state=1)
    remaddr = f"{REMADDR}10.0.0.2  0 1 1000 5 0 0 2\n10.0.0.2  0 1 1000 5 0 0 3\n"

    table = parse(EPS, ASSOCS + waiting + waiting, remaddr)

    expected = association(state=AssociationState.COOKIE_WAIT, number=0)
    assert table.associations == (expected, expected)


@pytest.mark.parametrize(
    ("eps", "assocs", "remaddr", "problem"),
    [
        pytest.param("", ASSOCS, REMADDR, "eps: its columns have no names", id="empty"),
        pytest.param(
            f"{EPS}0 0 2\n",
            ASSOCS,
            REMADDR,
            "eps: lines that were not",
            id="cut endpoint",
        ),
        pytest.param(
            f"{EPS}0 0 2 10 16 x 0 1 10.0.0.1\n",
            ASSOCS,
            REMADDR,
            "eps: lines that were not",
            id="a port that is no number",
        ),
        pytest.param(
            f"{EPS}0 0 2 10 16 1 0 {'1' * 21}\n",
            ASSOCS,
            REMADDR,
            "eps: lines that were not",
            id="a number that is too long",
        ),
        pytest.param(
            EPS,
            ASSOCS + row("10.0.0.1 10.0.0.2 "),
            REMADDR,
            "assocs: lines that were not",
            id="nothing between the addresses",
        ),
        pytest.param(
            EPS,
            ASSOCS + row("10.0.0.1 <-> "),
            REMADDR,
            "assocs: lines that were not",
            id="no remote address",
        ),
        pytest.param(
            EPS,
            ASSOCS + row("10.0.0.1 <-> core_amf "),
            REMADDR,
            "assocs: lines that were not",
            id="an address that is none",
        ),
        pytest.param(
            EPS,
            EPS + row(),
            REMADDR,
            "assocs: lines that were not",
            id="columns of another table",
        ),
        pytest.param(
            EPS,
            ASSOCS,
            f"{REMADDR}10.0.0.2\n",
            "remaddr: lines that were not",
            id="cut path",
        ),
    ],
)
def test_what_does_not_fit_is_told(
    eps: str, assocs: str, remaddr: str, problem: str
) -> None:
    """It is not taken for nothing, and not guessed at."""
    table = parse(eps, assocs, remaddr)

    assert (table.endpoints, table.associations) == ((), ())
    assert [p.startswith(problem) for p in table.problems] == [True]
