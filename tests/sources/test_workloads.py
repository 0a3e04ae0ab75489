"""Who uses SCTP, by the processes of a node and their network namespaces."""

import errno
import os
from pathlib import Path

import pytest

from agent.hostfs.host import Host
from agent.sources.workloads import WorkloadReader
from agent.workloads.owner import OwnerKind
from agent.workloads.usage import PathState, Workloads
from tests.users import (
    HOST,
    Process,
    Tables,
    Users,
    association,
    endpoint,
    log_folder,
    path,
    pod_cgroup,
)

NOW = 1_700_000_000.0
AMF = {7: Process("amf", pod_cgroup(1, 1), "pause"), 8: Process("amf", pod_cgroup(1))}
INIT = {1: Process()}
SHARED = Process(HOST, pod_cgroup(2), "upf", sockets=(61, 62))
BUSY = Tables([endpoint(3868, 51)], [association(9, 52)], [path(9)])


def reader(root: Path, users: Users, most: int = 100) -> WorkloadReader:
    """Return what looks at these users."""
    users.write(root)
    return WorkloadReader(Host(str(root), live=True), most=most, now=lambda: NOW)


def shown(found: Workloads) -> list[tuple[str, int, int]]:
    """Return for each user its name, endpoints and associations."""
    return [
        (
            user.owner.pod_name or user.owner.unit or user.owner.problem,
            len(user.endpoints),
            len(user.associations),
        )
        for user in found.users
    ]


def test_namespace_of_a_pod(tmp_path: Path) -> None:
    """All that is in it is the pod's, with the paths of each association."""
    tables = Tables(
        [endpoint(3868, 51)],
        [association(9, 52, retransmissions=4, paths=("10.0.0.2", "10.0.1.2"))],
        [path(9), path(9, 0, "10.0.1.2")],
    )
    users = Users({**INIT, **AMF}, {"amf": tables}, [log_folder(1, "amf-0")])

    found = reader(tmp_path, users).read()

    [user] = found.users
    assert (user.owner.kind, user.owner.pod_namespace) == (OwnerKind.POD, "core")
    assert (user.owner.pod_name, user.owner.container) == ("amf-0", "amf")
    assert [(p.address, p.state) for p in user.associations[0].paths] == [
        ("10.0.0.2", PathState.ACTIVE),
        ("10.0.1.2", PathState.INACTIVE),
    ]
    assert (user.retransmissions, user.inactive_paths) == (4, 1)
    assert (found.processes, found.namespaces, found.time) == (3, 2, NOW)
    assert (found.stack, found.problems) == (True, ())


def test_most_associations_first(tmp_path: Path) -> None:
    """The order is that of use, then of endpoints."""
    processes = {n: Process(f"pod{n}", pod_cgroup(n), sockets=()) for n in (11, 12, 13)}
    tables = {
        "pod11": Tables([endpoint(1, 2)]),
        "pod12": Tables([], [association(n, n) for n in (1, 2)]),
        "pod13": Tables([endpoint(1, 2), endpoint(3, 4)], [association(3, 3)]),
    }
    folders = [log_folder(n, f"p-{n}") for n in processes]

    found = reader(tmp_path, Users({**INIT, **processes}, tables, folders)).read()

    assert shown(found) == [("p-12", 0, 2), ("p-13", 2, 1), ("p-11", 1, 0)]


def test_namespace_of_the_host(tmp_path: Path) -> None:
    """There it is whoever has the socket: pods with the host's network among them.

    A socket that is not accepted yet is that of the listener on its port.
    """
    processes = {
        **INIT,
        5: Process(HOST, "/system.slice/frr.service", "bgpd", (51,)),
        9: SHARED,
    }
    tables = Tables(
        [endpoint(3868, 51), endpoint(38412, 61)],
        [
            association(1, 62),
            association(2, 0, port=38412),
            association(3, 0, port=5),
            association(4, 99),
        ],
    )
    users = Users(processes, {HOST: tables}, [log_folder(2, "upf-0")])

    found = reader(tmp_path, users).read()

    assert shown(found) == [
        ("upf-0", 1, 2),
        ("no process was found that holds its socket", 0, 2),
        ("frr.service", 1, 0),
    ]


def test_namespace_that_is_no_pods(tmp_path: Path) -> None:
    """The namespace of a container that no kubelet made is looked at by sockets."""
    processes = {**INIT, 6: Process("x", "/system.slice/a.service", sockets=(51, 52))}

    found = reader(tmp_path, Users(processes, {"x": BUSY})).read()

    assert shown(found) == [("a.service", 1, 1)]


def test_namespace_of_two_pods(tmp_path: Path) -> None:
    """The sockets tell them apart."""
    processes = {
        **INIT,
        6: Process("x", pod_cgroup(1), sockets=(51,)),
        7: Process("x", pod_cgroup(2), sockets=(52,)),
    }
    users = Users(processes, {"x": BUSY}, [log_folder(1, "a"), log_folder(2, "b")])

    assert shown(reader(tmp_path, users).read()) == [("b", 0, 1), ("a", 1, 0)]


def test_pod_of_two_containers(tmp_path: Path) -> None:
    """Its namespace is shared: which of them it is, is not said."""
    names = ("amf", "sidecar")
    links = [
        f"var/log/containers/amf-0_core_{name}-{pod_cgroup(1, n)[-64:]}.log"
        for n, name in enumerate(names)
    ]
    folders = [*links, *(log_folder(1, "amf-0", name) for name in names)]
    users = Users({**INIT, **AMF}, {"amf": BUSY}, folders)

    [user] = reader(tmp_path, users).read().users

    assert (user.owner.pod_name, user.owner.container) == ("amf-0", "")


def test_pod_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the same processes are in its namespace, whose it is is known."""
    look = reader(
        tmp_path, Users({**INIT, **AMF}, {"amf": BUSY}, [log_folder(1, "amf-0")])
    )
    opened, open_file = [], os.open

    def noted(name: str, flags: int, *, dir_fd: int | None = None) -> int:
        opened.append(name)
        return open_file(name, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", noted)

    first, second = look.read(), look.read()
    assert first == second
    assert opened.count("8/cgroup") == 1
    (tmp_path / "proc/7").rename(tmp_path / "seven")
    assert shown(look.read()) == [("amf-0", 1, 1)]
    assert opened.count("8/cgroup") == 2


def test_pod_of_many_processes(tmp_path: Path) -> None:
    """Not all are looked at, so that there may be another container."""
    processes = {n: Process("amf", pod_cgroup(1)) for n in range(7, 30)}
    users = Users({**INIT, **processes}, {"amf": BUSY}, [log_folder(1, "amf-0")])

    [user] = reader(tmp_path, users).read().users

    assert (user.owner.pod_name, user.owner.container) == ("amf-0", "")


def test_no_stack(tmp_path: Path) -> None:
    """Where SCTP is not in the kernel nobody uses it, and no process is looked at."""
    users = Users({**INIT, **AMF}, {}, stack=False)

    assert reader(tmp_path, users).read() == Workloads(time=NOW)


def test_nobody(tmp_path: Path) -> None:
    """Tables with nothing but the names of their columns are nobody's."""
    found = reader(tmp_path, Users({**INIT, **AMF})).read()

    assert (found.users, found.problems, found.stack) == ((), (), True)


def test_process_that_ends_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one of its namespace is asked; without one the namespace is gone."""
    gone = Process("gone", pod_cgroup(3))
    users = Users({**INIT, **AMF, 9: gone}, {"amf": BUSY}, [log_folder(1, "amf-0")])
    look = reader(tmp_path, users)
    (tmp_path / "proc/10").mkdir()  # as one looks whose parent has not waited for it
    readlink = os.readlink

    def ending(name: str, *, dir_fd: int) -> str:
        target = readlink(name, dir_fd=dir_fd)
        for pid in (7, 9):
            (tmp_path / f"proc/{pid}/net").unlink(missing_ok=True)
        return target

    monkeypatch.setattr(os, "readlink", ending)

    found = look.read()
    assert (shown(found), found.problems) == ([("amf-0", 1, 1)], ())


def test_table_that_cannot_be_read(tmp_path: Path) -> None:
    """It is told which, and nobody is said not to be there."""
    look = reader(tmp_path, Users({**INIT, **AMF}, {"amf": BUSY}))
    (tmp_path / "namespaces/amf/sctp/assocs").write_bytes(b"x" * (1 << 22) + b"x")

    found = look.read()

    problem = "/proc/7/net/sctp/assocs: larger than 4194304 bytes"
    assert (found.users, found.problems) == ((), (problem,))


def test_table_that_is_not_understood(tmp_path: Path) -> None:
    """What is strange in it is told, and the rest is used."""
    look = reader(tmp_path, Users({**INIT, **AMF}, {"amf": BUSY}))
    (tmp_path / "namespaces/amf/sctp/eps").write_text("strange\n1\n2\n")

    found = look.read()

    assert [len(user.associations) for user in found.users] == [1]
    assert found.problems == ("eps: lines that were not understood: 2",)


def test_namespace_that_may_not_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the right to look, processes are missing, and their number is told.

    Whether a namespace is the host's is not known then: it is nobody's as a whole.
    """
    look = reader(tmp_path, Users({**INIT, **AMF}, {"amf": BUSY}))
    readlink = os.readlink

    def refusing(name: str, *, dir_fd: int) -> str:
        if name == "1/ns/net":
            raise PermissionError(errno.EACCES, "Permission denied")
        return readlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "readlink", refusing)

    found = look.read()
    assert shown(found) == [("no process was found that holds its socket", 1, 1)]
    assert found.problems == (
        "the network namespaces of 1 processes, /proc/1/ns/net: permission denied",
    )


def test_descriptors_that_may_not_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket may be held by who does not show what is open."""
    users = Users({**INIT, 9: SHARED}, {HOST: BUSY})
    look = reader(tmp_path, users)
    open_file = os.open

    def refusing(name: str, flags: int, *, dir_fd: int | None = None) -> int:
        if name == "9/fd":
            raise PermissionError(errno.EACCES, "Permission denied")
        return open_file(name, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refusing)

    assert look.read().problems == ("/proc/9/fd: permission denied",)


def test_search_is_bounded_and_goes_on(tmp_path: Path) -> None:
    """What one look does not find the next ones do, and then it is remembered."""
    idle = {pid: Process(sockets=(1000 + pid,)) for pid in range(20, 26)}
    holder = Process(HOST, "/system.slice/a.service", "a", (52, 51))
    users = Users({**INIT, **idle, 30: holder}, {HOST: BUSY})
    look = reader(tmp_path, users, most=6)

    first, second, third = (look.read() for _ in range(3))

    assert first.problems == ("only 6 descriptors were searched for sockets",)
    assert [shown(found)[0][0] for found in (first, second, third)] == [
        "no process was found that holds its socket",
        "no process was found that holds its socket",
        "a.service",
    ]
    assert shown(look.read()) == [("a.service", 1, 1)]


def test_no_node(tmp_path: Path) -> None:
    """Without the node's processes it is not known who uses what."""
    found = WorkloadReader(Host(str(tmp_path), live=True), now=lambda: NOW).read()

    assert found == Workloads(
        problems=("/proc/: process 1 is not that of the node",), time=NOW
    )
