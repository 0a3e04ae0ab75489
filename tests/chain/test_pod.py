"""The translator of pods: nothing a manifest says is lost without a word."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chain.pod import (
    Image,
    Placement,
    UntranslatedError,
    host_folders,
    podman_run,
)

Json = dict[str, Any]

IMAGE = Image(
    root="/image",
    entrypoint=("agent",),
    command=("run",),
    environment={"PATH": "/bin", "MODE": "image"},
    user="65532:65532",
)
MOUNT = (
    "--mount=type=bind,source=/boot,destination=/host/boot,"
    "ro=true,bind-propagation=rslave"
)
PLACEMENT = Placement(
    pod="pod",
    node="worker",
    address="10.0.2.16",
    hosts={"peers": ("10.0.2.16", "10.0.2.17")},
)


def _spec() -> Json:
    return {
        "automountServiceAccountToken": False,
        "containers": [
            {
                "name": "agent",
                "env": [
                    {"name": "MODE", "value": "manifest"},
                    {
                        "name": "NODE_NAME",
                        "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}},
                    },
                ],
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "readOnlyRootFilesystem": True,
                    "runAsUser": 0,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "volumeMounts": [
                    {
                        "name": "boot",
                        "mountPath": "/host/boot",
                        "mountPropagation": "HostToContainer",
                        "readOnly": True,
                    }
                ],
            }
        ],
        "volumes": [
            {"name": "boot", "hostPath": {"path": "/boot", "type": "Directory"}}
        ],
    }


def test_everything_said_is_done() -> None:
    """Mounts, variables, security and program arrive; the manifest goes first."""
    assert podman_run(_spec(), PLACEMENT, IMAGE) == (
        *("podman", "run", "--detach", "--replace", "--name=pod", "--hostname=pod"),
        *("--network=ns:/run/netns/pod", "--add-host=peers:10.0.2.16"),
        *("--add-host=peers:10.0.2.17", "--stop-timeout=30", "--user=0"),
        *("--security-opt=no-new-privileges", "--read-only"),
        *("--read-only-tmpfs=false", "--cap-drop=ALL"),
        "--security-opt=seccomp=/usr/share/containers/seccomp.json",
        MOUNT,
        *("--env=PATH=/bin", "--env=MODE=manifest", "--env=NODE_NAME=worker"),
        *("--rootfs", "/image:O", "agent", "run"),
    )


def _token(spec: Json) -> None:
    del spec["automountServiceAccountToken"]


def _unknown_of_pod(spec: Json) -> None:
    spec["shareProcessNamespace"] = True


def _unknown_of_container(spec: Json) -> None:
    spec["containers"][0]["lifecycle"] = {}


def _unknown_security(spec: Json) -> None:
    spec["containers"][0]["securityContext"]["procMount"] = "Unmasked"


def _unknown_volume(spec: Json) -> None:
    spec["volumes"][0] = {"name": "boot", "nfs": {}}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_token, id="a token is mounted"),
        pytest.param(_unknown_of_pod, id="an unknown field of the pod"),
        pytest.param(_unknown_of_container, id="an unknown field of the container"),
        pytest.param(_unknown_security, id="an unknown security setting"),
        pytest.param(_unknown_volume, id="an unknown kind of volume"),
    ],
)
def test_what_would_be_lost_is_an_error(change: Callable[[Json], None]) -> None:
    """What is not translated would run untested."""
    spec = _spec()
    change(spec)
    with pytest.raises(UntranslatedError):
        podman_run(spec, PLACEMENT, IMAGE)


def test_folder_that_would_be_made_is_an_error() -> None:
    """Without a type, a runtime makes a folder on the node if it is not there."""
    spec = _spec()
    assert host_folders(spec) == ("/boot",)
    del spec["volumes"][0]["hostPath"]["type"]
    with pytest.raises(UntranslatedError):
        host_folders(spec)
