"""A rendered DaemonSet as what a container runtime is told: a bundle's configuration.

What the kubelet adds is here as well: the mounts of every container, and what of /proc
and /sys is hidden from those that are not privileged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.manifests.bundle import Bundle

Json = dict[str, Any]
ALL_CAPABILITIES = tuple(
    f"CAP_{name}"
    for name in (
        *[
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "KILL",
            "SETGID",
            "SETUID",
        ],
        *[
            "SETPCAP",
            "LINUX_IMMUTABLE",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_ADMIN",
        ],
        *["NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT"],
        *[
            "SYS_PTRACE",
            "SYS_PACCT",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_NICE",
            "SYS_RESOURCE",
        ],
        *[
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "MKNOD",
            "LEASE",
            "AUDIT_WRITE",
            "AUDIT_CONTROL",
        ],
        *[
            "SETFCAP",
            "MAC_OVERRIDE",
            "MAC_ADMIN",
            "SYSLOG",
            "WAKE_ALARM",
            "BLOCK_SUSPEND",
        ],
        *["AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE"],
    )
)
_MASKED = (
    *("/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats"),
    *("/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi"),
    *("/sys/firmware", "/sys/devices/virtual/powercap"),
)
_READ_ONLY = (
    *("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"),
)
_FIELDS = {
    "spec.nodeName": "worker",
    "status.hostIP": "10.0.0.2",
    "status.hostIPs": "10.0.0.2,fd00::2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the container is put in the guest.

    *root* is its file system, *volumes* are the guest's folders for volumes that are
    none of the node's, or that the guest has elsewhere.
    """

    root: str
    volumes: Mapping[str, str]
    environment: Mapping[str, str]
    network: str


def configuration(
    bundle: Bundle,
    argv: Sequence[str],
    *,
    place: Place,
    seccomp: Json | None,
    without: frozenset[str] = frozenset(),
    labelled: bool = False,
) -> Json:
    """Return a bundle's config.json; *without* are capabilities that are taken away.

    With *labelled* it has the label that SELinux is to give it.
    """
    capabilities = sorted({*granted(bundle)} - without)
    process: Json = {
        "terminal": False,
        "cwd": "/",
        "user": {"uid": 0, "gid": 0},
        "args": list(argv),
        "env": [f"{key}={value}" for key, value in _environment(bundle, place).items()],
        "capabilities": dict.fromkeys(
            ("bounding", "effective", "permitted"), capabilities
        ),
        "noNewPrivileges": not bundle.privileged,
    }
    if labelled:
        process["selinuxLabel"] = _label(bundle)
    linux: Json = {
        "namespaces": [
            *({"type": kind} for kind in ("pid", "ipc", "uts", "mount")),
            {"type": "network", "path": place.network},
        ],
        "rootfsPropagation": "rslave",
    }
    if not bundle.privileged:
        linux |= {"maskedPaths": _MASKED, "readonlyPaths": _READ_ONLY}
    if seccomp:
        linux["seccomp"] = seccomp
    return {
        "ociVersion": "1.0.2",
        "process": process,
        "root": {"path": place.root, "readonly": True},
        "mounts": list(_mounts(bundle, place)),
        "linux": linux,
    }


def granted(bundle: Bundle) -> tuple[str, ...]:
    """Return the capabilities that the container has."""
    if bundle.privileged:
        return ALL_CAPABILITIES
    capabilities = bundle.container["securityContext"]["capabilities"]
    assert capabilities["drop"] == ["ALL"]
    return tuple(f"CAP_{name}" for name in capabilities.get("add", ()))


def _label(bundle: Bundle) -> str:
    """Return what the kubelet has a container labelled with, by its options if any."""
    asked = bundle.container["securityContext"].get("seLinuxOptions", {})
    usual = "spc_t" if bundle.privileged else "container_t"
    kind, level = asked.get("type", usual), asked.get("level", "s0")
    return f"system_u:system_r:{kind}:{level}"


def _environment(bundle: Bundle, place: Place) -> dict[str, str]:
    given = dict(bundle.environment)
    for entry in bundle.container["env"]:
        field = entry.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
        if field:
            given[entry["name"]] = _FIELDS.get(field, "all")
    return {**given, **place.environment}


def _mounts(bundle: Bundle, place: Place) -> Iterator[Json]:
    access = "rw" if bundle.privileged else "ro"
    yield _mount("proc", "/proc", "proc")
    yield _mount("tmpfs", "/dev", "tmpfs", "nosuid", "mode=755")
    yield _mount("sysfs", "/sys", "sysfs", "nosuid", "noexec", "nodev", access)
    volumes = {volume["name"]: volume for volume in bundle.pod["volumes"]}
    for mount in bundle.container["volumeMounts"]:
        name = mount["name"]
        source = place.volumes.get(name) or volumes[name]["hostPath"]["path"]
        readable = "ro" if mount.get("readOnly") else "rw"
        yield _mount(source, mount["mountPath"], "bind", "rbind", "rslave", readable)


def _mount(source: str, target: str, kind: str, *options: str) -> Json:
    found: Json = {"source": source, "destination": target, "type": kind}
    return found | {"options": list(options)}
