"""Names of pods and containers by those of the kubelet's log files."""

import pytest

from agent.workloads.pods import Container, Pod, containers, only_container, pods

UID = "0f9a2c4e-1b2d-4c3e-8f00-0123456789ab"
ID = "a1" * 32


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        pytest.param(f"core_amf-0.x_{UID}", ("core", "amf-0.x"), id="of the API"),
        pytest.param(f"Core_amf_{UID}", None, id="capitals"),
        pytest.param(f"core_amf_x_{UID}", None, id="an underscore too many"),
        pytest.param(f"core_amf\x1b[2J_{UID}", None, id="control characters"),
        pytest.param(f"core_amf_{UID}\n", None, id="a line's end"),
        pytest.param(f"core_{'a' * 254}_{UID}", None, id="too long a name"),
        pytest.param(f"{'c' * 64}_amf_{UID}", None, id="too long a namespace"),
        pytest.param("lost+found", None, id="no folder of a pod"),
    ],
)
def test_pods(folder: str, found: tuple[str, str] | None) -> None:
    """A folder is a pod's by Kubernetes' rules for names, or it is none."""
    assert pods([folder]) == ({UID: Pod(*found, folder)} if found else {})


@pytest.mark.parametrize(
    ("link", "found"),
    [
        pytest.param(
            f"amf-0_core_sctp-lb-{ID}.log", ("core", "amf-0", "sctp-lb"), id="whole"
        ),
        pytest.param(f"amf-0_core_sctp-lb-{ID[:9]}.log", None, id="cut short"),
        pytest.param(f"amf-0_core_-{ID}.log", None, id="no container"),
    ],
)
def test_containers(link: str, found: tuple[str, str, str] | None) -> None:
    """A link tells the names of the container with that ID."""
    assert containers([link]) == ({ID: Container(*found)} if found else {})


@pytest.mark.parametrize(
    ("folders", "name"),
    [
        pytest.param(["amf"], "amf", id="one"),
        pytest.param(["amf", "init"], "", id="two"),
        pytest.param(["AMF\n"], "", id="no name"),
        pytest.param([], "", id="none"),
    ],
)
def test_only_container(folders: list[str], name: str) -> None:
    """Where there are more, their folders do not say which one it is."""
    assert only_container(folders) == name
