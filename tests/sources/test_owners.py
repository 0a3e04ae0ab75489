"""Whose a process is, by the files of a node."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.hostfs.host import Host
from agent.hostfs.processes import processes_of
from agent.sources.owners import Owners
from agent.workloads.owner import Owner, OwnerKind
from tests.failing_calls import failing_name

UID = "0f9a2c4e-1b2d-4c3e-8f00-0123456789ab"
ID, PAUSE = "a1" * 32, "b2" * 32
PODS, CONTAINERS = "var/log/pods", "var/log/containers"
IN_POD = f"/kubepods/burstable/pod{UID}/{ID}"
FOLDER = f"{PODS}/core_amf-0_{UID}"
LINK = f"{CONTAINERS}/amf-0_core_lb-{ID}.log"
NAMED = Owner(OwnerKind.POD, UID, "core", "amf-0", "", ID, "", "amf")
MakeHost = Callable[..., Host]


@pytest.fixture
def make(tmp_path: Path) -> MakeHost:
    """Return what makes a node with one process, its PID is 7."""

    def make(path: str, *folders: str, init: str = "/init.scope") -> Host:
        for pid, command, place in ((1, "systemd", init), (7, "amf", path)):
            folder = tmp_path / f"proc/{pid}"
            folder.mkdir(parents=True)
            (folder / "comm").write_text(f"{command}\n")
            (folder / "cgroup").write_text(f"0::{place}\n" if place else "")
        (tmp_path / "proc/version").touch()
        for name in (PODS, CONTAINERS, *folders):
            (tmp_path / name).mkdir(parents=True, exist_ok=True)
        return Host(str(tmp_path), live=True)

    return make


def _owner(host: Host, owners: Owners | None = None, *, pid: int = 7) -> Owner:
    with processes_of(host) as processes:
        return (owners or Owners(host)).of(pid, processes)


@pytest.mark.parametrize(
    ("path", "folders", "owner"),
    [
        pytest.param(
            IN_POD,
            (f"{FOLDER}/lb", f"{FOLDER}/init", LINK),
            Owner(OwnerKind.POD, UID, "core", "amf-0", "lb", ID, "", "amf"),
            id="container by its link",
        ),
        pytest.param(
            IN_POD,
            (f"{FOLDER}/lb",),
            Owner(OwnerKind.POD, UID, "core", "amf-0", "lb", ID, "", "amf"),
            id="the only container by its folder",
        ),
        pytest.param(
            IN_POD,
            (f"{FOLDER}/lb", f"{FOLDER}/init"),
            NAMED,
            id="one of two containers without a link",
        ),
        pytest.param(
            f"/kubepods/burstable/pod{UID}/{PAUSE}",
            (f"{FOLDER}/lb", LINK),
            Owner(OwnerKind.POD, UID, "core", "amf-0", "", PAUSE, "", "amf"),
            id="sandbox of a pod with one container",
        ),
        pytest.param(
            IN_POD,
            (LINK,),
            Owner(OwnerKind.POD, UID, "core", "amf-0", "lb", ID, "", "amf"),
            id="a link without a folder",
        ),
        pytest.param(
            IN_POD,
            (FOLDER, f"{CONTAINERS}/other_core_lb-{ID}.log"),
            NAMED,
            id="a link that says another pod",
        ),
        pytest.param(
            f"/k8s.io/{ID}",
            (LINK,),
            Owner(OwnerKind.POD, "", "core", "amf-0", "lb", ID, "", "amf"),
            id="a cgroup that names the container alone",
        ),
        pytest.param(
            IN_POD,
            (),
            Owner(
                OwnerKind.POD,
                UID,
                container_id=ID,
                command="amf",
                problem="no folder in /var/log/pods has its UID",
            ),
            id="no folder",
        ),
        pytest.param(
            f"/kubepods/burstable/pod{UID}",
            (f"{FOLDER}/lb",),
            Owner(OwnerKind.POD, UID, "core", "amf-0", "", "", "", "amf"),
            id="no container",
        ),
        pytest.param(
            "/system.slice/frr.service",
            (),
            Owner(OwnerKind.HOST, unit="frr.service", command="amf"),
            id="a unit of the host",
        ),
        pytest.param(
            f"/system.slice/docker-{ID}.scope",
            (),
            Owner(
                OwnerKind.HOST,
                container_id=ID,
                unit=f"docker-{ID}.scope",
                command="amf",
            ),
            id="a container of no pod",
        ),
        pytest.param(
            f"/kubepods.slice/crio-conmon-{ID}.scope",
            (),
            Owner(OwnerKind.HOST, unit=f"crio-conmon-{ID}.scope", command="amf"),
            id="the runtime's own process",
        ),
        pytest.param("/", (), Owner(OwnerKind.HOST, command="amf"), id="the root"),
        pytest.param(
            f"/../crio-{ID}.scope",
            (),
            Owner(
                container_id=ID,
                unit=f"crio-{ID}.scope",
                command="amf",
                problem="its cgroup is not seen from that of the agent",
            ),
            id="a container whose pod is out of view",
        ),
        pytest.param(
            "",
            (),
            Owner(command="amf", problem="its cgroups do not say one pod or none"),
            id="no cgroup",
        ),
    ],
)
def test_owner(
    make: MakeHost, path: str, folders: tuple[str, ...], owner: Owner
) -> None:
    """The cgroup says which pod, the folders of its logs say what it is called."""
    host = make(path, *folders)
    owners = Owners(host)

    assert [_owner(host, owners), _owner(host, owners)] == [owner, owner]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("/", OwnerKind.UNKNOWN, id="the root of the agent's namespace"),
        pytest.param("/../../x", OwnerKind.UNKNOWN, id="without a unit"),
        pytest.param("/../../system.slice/a.service", OwnerKind.HOST, id="with a unit"),
    ],
)
def test_view_from_a_cgroup_namespace(
    make: MakeHost, path: str, kind: OwnerKind
) -> None:
    """Where process 1 lies above the agent's root, "/" is not the node's."""
    assert _owner(make(path, init="/../../init.scope")).kind is kind


def test_process_that_has_ended(make: MakeHost) -> None:
    """It is nobody's that is known, and no error."""
    assert _owner(make("/"), pid=8) == Owner(problem="it has ended")


def test_hostile_command(make: MakeHost) -> None:
    """A process decides what it is called; nothing of it reaches a terminal raw."""
    host = make("/")
    Path(host.root, "proc/7/comm").write_bytes(b"\x1b[2J\xff\n\n")

    assert _owner(host).command == "\\x1b[2J\\xff\\n"


def test_names_that_cannot_be_listed(make: MakeHost) -> None:
    """The pod is known by its UID, and it is said why by nothing else."""
    host = make(IN_POD)
    with failing_name("log"):
        owner = _owner(host)

    assert (owner.kind, owner.pod_uid) == (OwnerKind.POD, UID)
    assert owner.problem.startswith("/var/log/pods: input/output error")


def test_new_pod_is_found_within_a_second(make: MakeHost) -> None:
    """The folders are listed again for a pod that is not among them, if not at once."""
    host, now = make(IN_POD), 0.0
    owners = Owners(host, clock=lambda: now)
    names = [_owner(host, owners).pod_name]
    Path(host.root, FOLDER).mkdir()
    names.append(_owner(host, owners).pod_name)
    now = 1.0
    names.append(_owner(host, owners).pod_name)

    assert names == ["", "", "amf-0"]
