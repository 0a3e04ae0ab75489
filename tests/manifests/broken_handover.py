"""Counter-examples to the rules about files for others on the node."""

from tests.manifests.broken_pods import CONTAINER, TEMPLATE, Path, Row
from tests.manifests.cases import HANDOVERS, LEAST_PRIVILEGE, REQUESTS, Case

_OPEN = Case("overlays/kubernetes", HANDOVERS)
_NARROW = Case("overlays/kubernetes", (LEAST_PRIVILEGE, *HANDOVERS))
_SET = "DaemonSet"
_NO_FILES: list[dict[str, str]] = [{"name": "SCTP_AGENT_ROOT", "value": "/host"}]
_MOUNT: Path = (*CONTAINER, "volumeMounts", 0)
_FOLDER: Path = (*TEMPLATE, "volumes", 0, "hostPath")

_TRACING = Case("overlays/kubernetes", (REQUESTS,))
_NARROW_TRACING = Case("overlays/kubernetes", (LEAST_PRIVILEGE, REQUESTS))

HANDOVER: tuple[Row, ...] = (
    ("handed_over", _OPEN, _SET, (*_FOLDER, "type"), "DirectoryOrCreate", "created"),
    ("handed_over", _OPEN, _SET, (*_FOLDER, "path"), "/etc/kubernetes", "no folder"),
    ("handed_over", _OPEN, _SET, (*_MOUNT, "mountPath"), "/host/x", "no folder"),
    ("handed_over", _OPEN, _SET, (*_MOUNT, "readOnly"), True, "cannot be written"),
    ("mounts_read_only", _OPEN, _SET, (*_FOLDER, "path"), "/", "can be written"),
    ("mounts_read_only", _OPEN, _SET, (*CONTAINER, "env"), _NO_FILES, "written"),
    ("mounts_read_only", _TRACING, _SET, (*_FOLDER, "path"), "/sys", "tracing can be"),
    ("mounts_read_only", _TRACING, _SET, (*CONTAINER, "env"), _NO_FILES, "be written"),
    ("host_folders_in_place", _TRACING, _SET, (*_MOUNT, "mountPath"), "/t", "at /t"),
    (
        "narrow_without_privileges",
        _NARROW_TRACING,
        _SET,
        (*_FOLDER, "path"),
        "/sys/kernel",
        "/sys/kernel is mounted",
    ),
    (
        "narrow_without_privileges",
        _NARROW,
        _SET,
        (*_FOLDER, "path"),
        "/etc/kubernetes",
        "/etc/kubernetes is mounted",
    ),
)
