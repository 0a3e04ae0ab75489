"""Pod, container and unit by the cgroups that kubelets and runtimes make."""

import pytest

from agent.workloads.cgroup import Place, parse

UID = "0f9a2c4e-1b2d-4c3e-8f00-0123456789ab"
OTHER = "ffffffff-1b2d-4c3e-8f00-0123456789ab"
STATIC = "d2b3c4d5e6f708192a3b4c5d6e7f8091"
ID, NESTED = "a1" * 32, "b2" * 32
UNDER = UID.replace("-", "_")
BURSTABLE = f"kubepods-burstable-pod{UNDER}.slice"
SYSTEMD = f"/kubepods.slice/kubepods-burstable.slice/{BURSTABLE}"
CGROUPFS = f"/kubepods/burstable/pod{UID}"
KIND = "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice"
POD = Place(UID, ID)


def unified(path: str) -> str:
    """Return the text where there is cgroup v2 alone."""
    return f"0::{path}\n"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param(
            f"{SYSTEMD}/cri-containerd-{ID}.scope",
            Place(UID, ID, f"cri-containerd-{ID}.scope"),
            id="containerd by systemd",
        ),
        pytest.param(
            f"{SYSTEMD}/crio-{ID}.scope/container",
            Place(UID, ID, f"crio-{ID}.scope"),
            id="cri-o with crun's own cgroup below",
        ),
        pytest.param(
            f"{SYSTEMD}/docker-{ID}.scope",
            Place(UID, ID, f"docker-{ID}.scope"),
            id="docker by systemd",
        ),
        pytest.param(
            f"/kubepods.slice/kubepods-pod{UNDER}.slice/crio-{ID}.scope/init.scope",
            Place(UID, ID, f"crio-{ID}.scope"),
            id="systemd in a guaranteed pod",
        ),
        pytest.param(
            f"{SYSTEMD}/cri-containerd-{ID}.scope/system.slice/nginx.service",
            Place(UID, ID, f"cri-containerd-{ID}.scope"),
            id="a unit of the container's own systemd",
        ),
        pytest.param(f"{CGROUPFS}/{ID}", POD, id="containerd by cgroupfs"),
        pytest.param(f"/kubepods/pod{UID}/{ID}", POD, id="guaranteed by cgroupfs"),
        pytest.param(f"{CGROUPFS}/crio-{ID}", POD, id="cri-o by cgroupfs"),
        pytest.param(f"{CGROUPFS}", Place(UID), id="the pod's own cgroup"),
        pytest.param(
            f"/kubepods/besteffort/pod{STATIC}/{ID}",
            Place(STATIC, ID),
            id="static pod by cgroupfs",
        ),
        pytest.param(
            f"/kubepods.slice/kubepods-pod{STATIC}.slice/crio-{ID}.scope",
            Place(STATIC, ID, f"crio-{ID}.scope"),
            id="static pod by systemd",
        ),
        pytest.param(
            f"/system.slice/containerd.service/{BURSTABLE}:cri-containerd:{ID}",
            Place(UID, ID, "containerd.service"),
            id="a slice taken for a folder",
        ),
        pytest.param(
            f"{KIND}/kubelet-{BURSTABLE}/cri-containerd-{ID}.scope",
            Place(UID, ID, f"cri-containerd-{ID}.scope"),
            id="kubelet of kind",
        ),
        pytest.param(
            f"/docker/{NESTED}/kubelet/kubepods/burstable/pod{UID}/{ID}",
            POD,
            id="kubelet of kind seen from its host",
        ),
        pytest.param(
            f"{CGROUPFS}/{ID}/kubepods/burstable/pod{OTHER}/{NESTED}",
            POD,
            id="a kubelet in a pod is that pod's",
        ),
        pytest.param(
            f"/../../{BURSTABLE}/crio-{ID}.scope",
            Place(UID, ID, f"crio-{ID}.scope", hidden=True),
            id="from inside a cgroup namespace",
        ),
        pytest.param(
            f"/../../pod{UID}/{ID}",
            Place(UID, ID, hidden=True),
            id="cgroupfs from inside a cgroup namespace",
        ),
        pytest.param(
            f"/../cri-containerd-{ID}.scope",
            Place("", ID, f"cri-containerd-{ID}.scope", hidden=True),
            id="another container of the agent's pod",
        ),
        pytest.param(
            f"{SYSTEMD}/crio-conmon-{ID}.scope",
            Place(UID, "", f"crio-conmon-{ID}.scope", monitor=True),
            id="cri-o's monitor in the pod's slice",
        ),
        pytest.param(
            f"/system.slice/docker-{ID}.scope",
            Place("", ID, f"docker-{ID}.scope"),
            id="a container of no pod",
        ),
        pytest.param(
            "/system.slice/system-getty.slice/getty@tty1.service",
            Place(unit="getty@tty1.service"),
            id="a unit of the host",
        ),
        pytest.param("/", Place(), id="the root"),
        pytest.param("/../../..", Place(hidden=True), id="above the agent's root"),
        pytest.param(
            f"/user.slice/user-1000.slice/user@1000.service/kubepods/pod{UID}/{ID}",
            Place(unit="user@1000.service"),
            id="a user's cgroup that is called like a pod's",
        ),
        pytest.param(
            f"/mine/pod{UID}/{ID}", Place("", ID), id="a folder that no kubelet made"
        ),
        pytest.param(
            "/system.slice/\x1b]0;x\x07.service",
            Place(unit="\\x1b]0;x\\x07.service"),
            id="a unit with control characters",
        ),
        pytest.param(f"/kubepods/burstable/pod{UID}x/{ID}", Place("", ID), id="no UID"),
    ],
)
def test_place(path: str, found: Place) -> None:
    """The outermost pod and container count, and what a user names does not."""
    assert parse(unified(path)) == found


def test_first_version_has_a_line_for_each_hierarchy() -> None:
    """The line that says most is taken: not all hierarchies know containers."""
    text = (
        f"12:cpu,cpuacct:{CGROUPFS}/{ID}\n11:rdma:/\n"
        "1:name=systemd:/system.slice/containerd.service\n"
        "0::/system.slice/containerd.service\n"
    )

    assert parse(text) == POD


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("0::\nx\n", id="no path"),
        pytest.param(
            f"2:cpu:{CGROUPFS}/{ID}\n1:pids:/kubepods/pod{OTHER}/{ID}\n",
            id="two pods",
        ),
    ],
)
def test_no_place(text: str) -> None:
    """What does not say one pod or none says nothing."""
    assert parse(text) is None
