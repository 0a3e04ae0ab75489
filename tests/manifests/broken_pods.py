"""Counter-examples to the rules about pods: renderings that break them."""

from typing import Any

from tests.manifests.cases import CAPABILITIES, LEAST_PRIVILEGE, SECCOMP, Case

Path = tuple[str | int, ...]
#: policy, where, kind, path, the value that breaks it, a word of the complaint
Row = tuple[str, Case, str, Path, Any, str]

#: Instead of a value: the key is taken away.
GONE = object()
OPENSHIFT, KUBERNETES = Case("overlays/openshift"), Case("overlays/kubernetes")
NARROW = Case("overlays/kubernetes", (LEAST_PRIVILEGE,))
CAPABLE = Case("overlays/openshift", ("path-probes", CAPABILITIES, SECCOMP))
TEMPLATE: Path = ("spec", "template", "spec")
CONTAINER: Path = (*TEMPLATE, "containers", 0)
NOTES: Path = ("spec", "template", "metadata", "annotations")
_SECURITY: Path = (*CONTAINER, "securityContext")
_MOUNT: Path = (*CONTAINER, "volumeMounts", 0)
_FOLDER: Path = (*TEMPLATE, "volumes", 0, "hostPath")
_GET_LIVE: Path = (*CONTAINER, "livenessProbe", "httpGet")
_START: Path = (*CONTAINER, "startupProbe")
_GET_READY: Path = (*CONTAINER, "readinessProbe", "httpGet")
_ADDED: Path = (*_SECURITY, "capabilities", "add")
_REQUESTS: Path = (*CONTAINER, "resources", "requests")
_SET, _SCC = "DaemonSet", "SecurityContextConstraints"

PODS: tuple[Row, ...] = (
    ("good_neighbour", NARROW, _SET, (*TEMPLATE, "enableServiceLinks"), GONE, "L"),
    ("good_neighbour", NARROW, _SET, (*TEMPLATE, "priorityClassName"), "", "pri"),
    ("good_neighbour", NARROW, _SET, NOTES, {}, "autoscaler"),
    ("host_folders_in_place", NARROW, _SET, (*_FOLDER, "type"), GONE, "created"),
    ("host_folders_in_place", NARROW, _SET, (*_MOUNT, "mountPath"), "/x", "/x"),
    (
        "host_folders_in_place",
        NARROW,
        _SET,
        (*_MOUNT, "mountPropagation"),
        "None",
        "later",
    ),
    ("image_pinned", KUBERNETES, _SET, (*CONTAINER, "image"), "x:latest", "latest"),
    ("mounts_read_only", NARROW, _SET, (*_MOUNT, "readOnly"), GONE, "written"),
    ("mounts_read_only", NARROW, _SET, (*_MOUNT, "name"), "x", "no volume"),
    (
        "narrow_without_privileges",
        NARROW,
        _SET,
        (*_FOLDER, "path"),
        "/",
        "/ is mounted",
    ),
    (
        "narrow_without_privileges",
        NARROW,
        _SET,
        (*_FOLDER, "path"),
        "/run",
        "/run is mounted",
    ),
    ("hardened", CAPABLE, _SET, (*_SECURITY, "privileged"), GONE, "privileged"),
    ("hardened", CAPABLE, _SET, (*_ADDED, 0), "SYS_MODULE", "SYS_MODULE"),
    ("hardened", NARROW, _SET, (*_SECURITY, "capabilities"), GONE, "capab"),
    ("hardened", NARROW, _SET, (*_SECURITY, "seccompProfile"), GONE, "seccomp"),
    ("namespaces_reached", CAPABLE, _SET, NOTES, {}, "AppArmor"),
    (
        "admitted_as_is",
        OPENSHIFT,
        _SCC,
        ("allowPrivilegedContainer",),
        False,
        "Privileged",
    ),
    ("admitted_as_is", CAPABLE, _SCC, ("requiredDropCapabilities",), [], "leaves"),
    ("admitted_as_is", CAPABLE, _SCC, ("allowedCapabilities",), ["ALL"], "ALL"),
    ("admitted_as_is", CAPABLE, _SCC, ("seccompProfiles",), ["*"], "profiles"),
    (
        "narrow_without_privileges",
        NARROW,
        _SET,
        (*CONTAINER, "env"),
        [{"name": "SCTP_AGENT_ROOT", "value": "/host"}],
        "absent",
    ),
    ("no_host_namespaces", KUBERNETES, _SET, (*TEMPLATE, "hostPID"), True, "hostPID"),
    (
        "no_host_namespaces",
        KUBERNETES,
        _SET,
        (*CONTAINER, "ports", 0, "hostPort"),
        10132,
        "taken",
    ),
    (
        "no_token",
        KUBERNETES,
        _SET,
        (*TEMPLATE, "automountServiceAccountToken"),
        GONE,
        "token",
    ),
    (
        "no_token",
        KUBERNETES,
        "ServiceAccount",
        ("automountServiceAccountToken",),
        True,
        "token",
    ),
    (
        "no_token",
        KUBERNETES,
        _SET,
        (*TEMPLATE, "volumes", 0),
        {"name": "host", "projected": {}},
        "may hold",
    ),
    ("probes", OPENSHIFT, _SET, (*_GET_LIVE, "path"), "/report", "/report"),
    ("probes", OPENSHIFT, _SET, (*_GET_READY, "scheme"), GONE, "HTTPS"),
    ("probes", OPENSHIFT, _SET, (*_START, "initialDelaySeconds"), GONE, "warning"),
    ("resources", KUBERNETES, _SET, (*_REQUESTS, "cpu"), "1m", "1m"),
    ("resources", KUBERNETES, _SET, (*_REQUESTS, "memory"), GONE, "0Mi"),
    (
        "resources",
        KUBERNETES,
        _SET,
        (*CONTAINER, "resources", "limits", "cpu"),
        "1",
        "limited",
    ),
    (
        "resources",
        KUBERNETES,
        _SET,
        (*CONTAINER, "resources", "limits", "memory"),
        "64Mi",
        "64Mi",
    ),
    (
        "root_file_system_read_only",
        NARROW,
        _SET,
        (*_SECURITY, "readOnlyRootFilesystem"),
        GONE,
        "written",
    ),
    (
        "scheduled",
        KUBERNETES,
        _SET,
        ("spec", "updateStrategy", "rollingUpdate"),
        {},
        "update",
    ),
    ("scheduled", KUBERNETES, _SET, (*TEMPLATE, "nodeSelector"), {}, "Windows"),
    ("scheduled", KUBERNETES, _SET, (*TEMPLATE, "tolerations"), [], "control planes"),
)
